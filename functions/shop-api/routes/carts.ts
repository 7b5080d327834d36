import { z } from 'zod';
import { type Answer, type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import type { Caller } from '../../../shared/auth/token.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { saleLimits } from '../../../shared/shop/sale-rules.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { customerOf, onlyCustomer } from '../access.ts';
import { readItem } from '../list.ts';
import { products } from '../lists/products.ts';
import { addItem, changeItem, insertCart, readCart, removeItem } from '../queries/carts.ts';
import { cart, itemChange, newCart, newItem } from '../schemas/cart.ts';
import { idText } from '../schemas/common.ts';
import { shopTime, shopTimeHeader } from '../shop-time.ts';
import { unknownReference } from '../unknown-reference.ts';

const access = ['shopper', 'operator'] as const;
const ofCart = z.object({ id: idText });
const ofItem = z.object({ id: idText, itemId: idText });
const wholeCart = { description: 'The cart as it is now.', schema: cart };
const problems = { 404: 'No such cart, or no such line in it.', 409: 'The cart is not open.' };

export function cartRoutes(database: Database): readonly Endpoint[] {
  async function answerCart(id: number, caller: Caller, status: number): Promise<Answer> {
    const found = await database.row(readCart, [id, onlyCustomer(caller)]);
    if (found === undefined) throw new Refusal(404, 'No such cart');
    return { status, body: found, headers: status === 201 ? { location: `/carts/${id}` } : {} };
  }

  /** Why a line of the cart could not be written. */
  async function whatIsInTheWay(id: number, caller: Caller): Promise<Refusal | undefined> {
    const found = await database.row(readCart, [id, onlyCustomer(caller)]);
    if (found === undefined) return new Refusal(404, 'No such cart');
    if (found.status === 'open') return undefined;
    return new Refusal(409, 'The cart is not open', { detail: `It is ${found.status} already.` });
  }

  async function whyNotAdded(id: number, caller: Caller, productId: number): Promise<Refusal> {
    const inTheWay = await whatIsInTheWay(id, caller);
    if (inTheWay !== undefined) return inTheWay;
    const product = await readItem(database, products, productId);
    if (product?.isActive !== true)
      return unknownReference('productId', 'There is no such product');
    const reason = `Would make more than ${saleLimits.quantityMax} pieces of the product`;
    return new Refusal(422, 'The body has wrong fields', {
      errors: [{ field: 'quantity', reason }],
    });
  }

  return [
    endpoint({
      method: 'POST',
      path: '/carts',
      tag: 'carts',
      summary: 'Take a cart',
      access,
      request: z.object({ headers: z.object(shopTimeHeader), body: newCart }),
      answers: { 201: { description: 'The empty cart.', schema: cart } },
      async handle({ headers, body }, context) {
        const { caller } = context;
        const { at } = shopTime(headers['shop-time'], context);
        const made = await database.row(insertCart, [customerOf(caller, body.customerId), at]);
        if (made === undefined) throw unknownReference('customerId', 'There is no such customer');
        return answerCart(made.id, caller, 201);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/carts/{id}',
      tag: 'carts',
      summary: 'One cart with its lines',
      access,
      conditional: true,
      request: z.object({ params: ofCart }),
      answers: { 200: wholeCart },
      problems: { 404: 'No such cart.' },
      handle: ({ params }, { caller }) => answerCart(params.id, caller, 200),
    }),
    endpoint({
      method: 'POST',
      path: '/carts/{id}/items',
      tag: 'carts',
      summary: 'Put pieces of a product into the cart',
      access,
      request: z.object({ params: ofCart, body: newItem }),
      answers: { 201: wholeCart },
      problems,
      async handle({ params: { id }, body: { productId, quantity } }, { caller }) {
        const most = saleLimits.quantityMax;
        const added = await database.row(addItem, [
          id,
          onlyCustomer(caller),
          productId,
          quantity,
          most,
        ]);
        if (added === undefined) throw await whyNotAdded(id, caller, productId);
        return answerCart(id, caller, 201);
      },
    }),
    endpoint({
      method: 'PATCH',
      path: '/carts/{id}/items/{itemId}',
      tag: 'carts',
      summary: 'Change how many pieces',
      access,
      request: z.object({ params: ofItem, body: itemChange }),
      answers: { 200: wholeCart },
      problems,
      async handle({ params: { id, itemId }, body }, { caller }) {
        const changed = await database.row(changeItem, [
          id,
          onlyCustomer(caller),
          itemId,
          body.quantity,
        ]);
        if (changed === undefined) throw (await whatIsInTheWay(id, caller)) ?? noSuchLine();
        return answerCart(id, caller, 200);
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/carts/{id}/items/{itemId}',
      tag: 'carts',
      summary: 'Take a product out of the cart',
      access,
      request: z.object({ params: ofItem }),
      answers: { 200: wholeCart },
      problems,
      async handle({ params: { id, itemId } }, { caller }) {
        const removed = await database.row(removeItem, [id, onlyCustomer(caller), itemId]);
        if (removed === undefined) throw (await whatIsInTheWay(id, caller)) ?? noSuchLine();
        return answerCart(id, caller, 200);
      },
    }),
  ];
}

function noSuchLine(): Refusal {
  return new Refusal(404, 'No such line in the cart');
}
