import { z } from 'zod';
import { RequestFailed, shopClient } from '../shoppers/shop-client.ts';

/** What the shop calls its products. */
export interface ProductNames {
  /** Names by id; products that the shop does not know, or cannot tell of now, are missing. */
  of(ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
}

const idsOfRequest = 100;
const failuresMax = 3;
const answer = z.object({ items: z.array(z.object({ id: z.int(), name: z.string() })) });

/** Names from the API of a shop, each asked for once; who does not answer is left alone after a while. */
export function productNames(apiUrl: string): ProductNames {
  const shop = shopClient(apiUrl);
  const asked = new Set<number>();
  const known = new Map<number, string>();
  let failures = 0;
  return {
    async of(ids) {
      const wanted = [...new Set(ids)].filter((id) => !asked.has(id));
      while (wanted.length > 0 && failures < failuresMax) {
        const some = wanted.slice(0, idsOfRequest);
        const path = `/products?ids=${some.join(',')}&active=any&limit=${idsOfRequest}`;
        try {
          const { items } = await shop.send({ method: 'GET', path, answer });
          for (const { id, name } of items) known.set(id, name);
          for (const id of some) asked.add(id);
          wanted.splice(0, some.length);
        } catch (error) {
          if (!(error instanceof RequestFailed)) throw error;
          failures += 1;
        }
      }
      return known;
    },
  };
}

/** Nobody is asked. */
export const noNames: ProductNames = { of: async () => new Map() };
