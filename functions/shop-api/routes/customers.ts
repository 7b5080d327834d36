import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { customerOf } from '../access.ts';
import { passwordHash } from '../password-hash.ts';
import { insertCustomer, insertWish, storeCredentials, whatExists } from '../queries/customers.ts';
import { signedUp, signUp, wish, wishlistEntry } from '../schemas/customer.ts';
import type { Sessions } from '../sessions.ts';
import { shopTime, shopTimeHeader } from '../shop-time.ts';

export function customerRoutes(database: Database, sessions: Sessions): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/customers',
      tag: 'customers',
      summary: 'Sign up',
      access: 'anyone',
      request: z.object({ headers: z.object(shopTimeHeader), body: signUp }),
      answers: {
        201: { description: 'The new customer, whose session has begun.', schema: signedUp },
      },
      problems: {
        403: 'The role of the token gives no right to tell of the past.',
        409: 'The e-mail address belongs to a customer already.',
        503: 'No session can begin.',
      },
      async handle({ headers, body }, context) {
        const { at } = shopTime(headers['shop-time'], context);
        await sessions.check();
        const hash = await passwordHash(body.password);
        const made = await database.transaction(async (queries) => {
          const { firstName, lastName, email, phone, address, country } = body;
          const contact = [email, phone ?? null, address ?? null, country];
          const row = await queries.row(insertCustomer, [firstName, lastName, ...contact, at]);
          if (row === undefined) {
            throw new Refusal(409, 'The e-mail address belongs to a customer already');
          }
          await queries.row(storeCredentials, [row.id, hash]);
          return row;
        });
        const session = await sessions.begin(made.id, context.event.requestContext.timeEpoch);
        return { status: 201, body: { ...made, session } };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/wishlist',
      tag: 'customers',
      summary: 'Wish for a product',
      access: ['shopper', 'operator'],
      request: z.object({ headers: z.object(shopTimeHeader), body: wish }),
      answers: {
        200: { description: 'It was wished for already.', schema: wishlistEntry },
        201: { description: 'The new entry.', schema: wishlistEntry },
      },
      async handle({ headers, body: { productId, ...body } }, context) {
        const { at } = shopTime(headers['shop-time'], context);
        const customerId = customerOf(context.caller, body.customerId);
        const wished = [customerId, productId, at];
        const row =
          (await database.row(insertWish, wished)) ?? (await database.row(insertWish, wished));
        if (row === undefined) throw await unknownWish(database, customerId, productId);
        const { added, ...entry } = row;
        return { status: added ? 201 : 200, body: entry };
      },
    }),
  ];
}

async function unknownWish(database: Database, customerId: number, productId: number) {
  const exists = await database.row(whatExists, [customerId, productId]);
  const errors = [];
  if (!exists?.customer) errors.push({ field: 'customerId', reason: 'There is no such customer' });
  if (!exists?.product) errors.push({ field: 'productId', reason: 'There is no such product' });
  return new Refusal(422, 'The request names something that does not exist', { errors });
}
