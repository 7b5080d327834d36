import { z } from 'zod';
import type { Random } from '../../shared/random/random.ts';
import { RequestFailed, type ShopClient } from './shop-client.ts';
import { shuffle } from './shuffle.ts';

const productShape = z.object({
  id: z.int(),
  price: z.string(),
  stock: z.int(),
  categoryId: z.int(),
});
const categoryShape = z.object({ id: z.int(), name: z.string() });

export interface CatalogueProduct {
  readonly id: number;
  readonly category: string;
  readonly categoryId: number;
  readonly priceCents: number;
  /** Pieces when the catalogue was read. */
  readonly stock: number;
}

/** What shoppers choose from. */
export interface Catalogue {
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  /** A product; few are wanted often and most of them seldom. */
  popular(random: Random): CatalogueProduct;
  /** A product like this one: of its category, the popular ones more often. */
  similar(product: CatalogueProduct, random: Random): CatalogueProduct;
  /** One of the most expensive products. */
  expensive(random: Random): CatalogueProduct;
}

const PAGES_MAX = 20; // shoppers know two thousand products at most
const ZIPF_EXPONENT = 0.9;
const EXPENSIVE_SHARE = 0.05;

/**
 * Reads the catalogue of the shop at an address.
 *
 * @param random decides once which products are the popular ones.
 * @throws Error when there is no shop, or nothing to buy in it.
 */
export async function findCatalogue(
  shop: ShopClient,
  apiUrl: string,
  random: Random,
): Promise<Catalogue> {
  return readCatalogue(shop, random).catch((error: unknown) => {
    if (!(error instanceof RequestFailed)) throw error;
    const text = `Cannot shop: no shop answers at this address: received "${apiUrl}"`;
    throw new Error(text, { cause: error });
  });
}

async function readCatalogue(shop: ShopClient, random: Random): Promise<Catalogue> {
  const categories = await readPages(shop, '/categories', categoryShape);
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  const found = await readPages(shop, '/products', productShape);
  const products = found.map(({ id, price, stock, categoryId }) => ({
    id,
    category: names.get(categoryId) ?? 'unknown',
    categoryId,
    priceCents: Math.round(Number(price) * 100),
    stock,
  }));
  if (products.length === 0) {
    throw new Error('Cannot shop: the shop has no products: fill it first');
  }
  const ranked = shuffle(products, random);
  const dearest = products.toSorted((a, b) => b.priceCents - a.priceCents);
  const expensive = dearest.slice(0, Math.ceil(products.length * EXPENSIVE_SHARE));
  const ofCategory = new Map(
    [...Map.groupBy(ranked, ({ categoryId }) => categoryId)].map(([id, all]) => [id, zipf(all)]),
  );
  const popular = zipf(ranked);
  return {
    categories,
    popular,
    similar: ({ categoryId }, next) => (ofCategory.get(categoryId) ?? popular)(next),
    expensive: (next) => next.pick(expensive),
  };
}

async function readPages<Item>(
  shop: ShopClient,
  list: string,
  item: z.ZodType<Item>,
): Promise<Item[]> {
  const answer = z.object({ items: z.array(item), nextCursor: z.string().optional() });
  const all: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX && (page === 0 || cursor !== undefined); page++) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `${list}?limit=100${query}`;
    const { items, nextCursor } = await shop.send({ method: 'GET', path, answer });
    all.push(...items);
    cursor = nextCursor;
  }
  return all;
}

/** Draws the item of rank r with a weight of r to the power of −0.9. */
function zipf<Item>(ranked: readonly Item[]): (random: Random) => Item {
  let sum = 0;
  const ends = ranked.map((_, rank) => {
    sum += (rank + 1) ** -ZIPF_EXPONENT;
    return sum;
  });
  return (random) => {
    const drawn = random.next() * sum;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? sum) > drawn) high = middle;
      else low = middle + 1;
    }
    return random.pick(ranked.slice(low, low + 1));
  };
}
