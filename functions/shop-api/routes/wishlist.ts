import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { onlyCustomer } from '../access.ts';
import { itemEndpoint, listEndpoint } from '../list-endpoints.ts';
import { wishlist } from '../lists/wishlist.ts';
import { deleteWish } from '../queries/customers.ts';
import { idText } from '../schemas/common.ts';
import { wishlistEntry } from '../schemas/customer.ts';

const description = {
  list: wishlist,
  path: '/wishlist',
  tag: 'customers',
  many: 'What customers wish for',
  one: 'wishlist entry',
  item: wishlistEntry,
  access: ['shopper', 'analyst', 'operator'],
} as const;

/** The wishes there are; made they are where customers sign up. */
export function wishlistRoutes(database: Database): readonly Endpoint[] {
  return [
    listEndpoint(database, description),
    itemEndpoint(database, description),
    endpoint({
      method: 'DELETE',
      path: '/wishlist/{id}',
      tag: 'customers',
      summary: 'Wish no longer',
      access: ['shopper', 'operator'],
      request: z.object({ params: z.object({ id: idText }) }),
      answers: { 204: { description: 'It is gone.' } },
      problems: { 404: 'No such wishlist entry.' },
      async handle({ params: { id } }, { caller }) {
        const deleted = await database.row(deleteWish, [id, onlyCustomer(caller)]);
        if (deleted === undefined) throw new Refusal(404, 'No such wishlist entry');
        return { status: 204 };
      },
    }),
  ];
}
