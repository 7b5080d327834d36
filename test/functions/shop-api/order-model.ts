import fc from 'fast-check';
import { expect } from 'vitest';
import { expireAll } from '../../../functions/order-expiry/expire-all.ts';
import type { Database } from '../../../shared/sql/database.ts';
import type { Reply } from '../../fixtures/http-client.ts';
import type { shopOrders } from '../../fixtures/shop-orders.ts';

/** Prices in cents of the products that are sold, by id. */
export const priceCents = [1_990, 5] as const;
const quantitiesMax = [2, 3] as const;

interface ModelLine {
  readonly id: number;
  readonly product: number;
  readonly quantity: number;
  left: number;
  givenCents: number;
}

interface ModelOrder {
  readonly id: number;
  readonly lines: readonly ModelLine[];
  readonly totalCents: number;
  status: string;
  leftCents: number;
  shipment?: { readonly id: number; status: string };
}

/** What the shop should hold: pieces by product, and its orders. */
export interface ModelShop {
  readonly stock: number[];
  readonly orders: ModelOrder[];
}

/** The shop that is asked. */
export interface RealShop {
  readonly on: Awaited<ReturnType<typeof shopOrders>>;
  readonly database: Database;
  /** Makes an order an hour older. */
  age(orderId: number): Promise<unknown>;
}

type Step = fc.AsyncCommand<ModelShop, RealShop>;

/** A step on one of the orders that were placed so far; `run` says what the answer should be. */
function step(
  name: string,
  pick: number,
  run: (order: ModelOrder, m: ModelShop, r: RealShop) => Promise<void>,
): Step {
  return {
    check: ({ orders }) => orders.length > 0,
    async run(model, real) {
      const order = model.orders[pick % model.orders.length];
      if (order) await run(order, model, real);
    },
    toString: () => `${name} order ${pick}`,
  };
}

function expectStatus(reply: Reply, status: number): void {
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
}

const isPaid = ({ status }: ModelOrder) =>
  ['paid', 'shipped', 'delivered', 'completed'].includes(status);

function place(pieces: readonly number[]): Step {
  return {
    check: () => true,
    async run(model, { on }) {
      const wanted = pieces.flatMap((quantity, index) =>
        quantity > 0 ? [[index + 1, quantity]] : [],
      );
      const reply = await on.place(Object.fromEntries(wanted));
      const isThere = pieces.every((quantity, index) => quantity <= (model.stock[index] ?? 0));
      expectStatus(reply, isThere ? 201 : 422);
      if (!isThere) return;
      const lines = reply.body.items.map(
        ({ id, productId, quantity }: { id: number; productId: number; quantity: number }) => {
          model.stock[productId - 1] = (model.stock[productId - 1] ?? 0) - quantity;
          return { id, product: productId - 1, quantity, left: quantity, givenCents: 0 };
        },
      );
      const totalCents = pieces.reduce((sum, n, index) => sum + n * (priceCents[index] ?? 0), 0);
      model.orders.push({
        id: reply.body.id,
        lines,
        totalCents,
        status: 'pending',
        leftCents: totalCents,
      });
    },
    toString: () => `place ${pieces}`,
  };
}

const pay = (pick: number, isDeclined: boolean) =>
  step(isDeclined ? 'decline' : 'pay', pick, async (order, _model, { on }) => {
    const card = { number: '4000000000000002', expiryMonth: 12, expiryYear: 2034 };
    const body = isDeclined ? { method: 'debit_card', card } : { method: 'pix' };
    expectStatus(await on.pay(order.id, { body }), order.status === 'pending' ? 201 : 409);
    if (order.status === 'pending' && !isDeclined) order.status = 'paid';
  });

function putBack(order: ModelOrder, model: ModelShop): void {
  for (const line of order.lines) {
    model.stock[line.product] = (model.stock[line.product] ?? 0) + line.left;
    line.left = 0;
  }
}

const cancel = (pick: number) =>
  step('cancel', pick, async (order, model, { on }) => {
    const isOpen = ['pending', 'paid'].includes(order.status);
    const reply = await on.cancel(order.id);
    expectStatus(reply, isOpen || order.status === 'cancelled' ? 200 : 409);
    if (!isOpen) return;
    order.status = 'cancelled';
    order.leftCents = 0;
    if (order.shipment?.status === 'preparing') order.shipment.status = 'cancelled';
    putBack(order, model);
  });

const expire = (pick: number) =>
  step('expire', pick, async (order, model, { age, database }) => {
    await age(order.id);
    let orders = 0;
    const shift = {
      mayGoOn: () => true,
      expired: (more: number) => {
        orders += more;
      },
    };
    await expireAll(database, 1_800_000, shift);
    expect(orders).toBe(order.status === 'pending' ? 1 : 0);
    if (order.status !== 'pending') return;
    order.status = 'expired';
    order.leftCents = 0;
    putBack(order, model);
  });

const refundLine = (pick: number, at: number, quantity: number, restock: boolean) =>
  step(`refund ${quantity} of line ${at} of`, pick, async (order, model, { on }) => {
    const line = order.lines[at % order.lines.length];
    if (!line) return;
    const cents = quantity * (priceCents[line.product] ?? 0);
    const lines = [{ orderItemId: line.id, quantity }];
    const reply = await on.refund(order.id, { lines, restock });
    const fits = quantity <= line.left && cents <= order.leftCents;
    expectStatus(reply, !isPaid(order) ? 409 : fits ? 201 : 422);
    if (!isPaid(order) || !fits) return;
    line.left -= quantity;
    order.leftCents -= cents;
    if (restock) model.stock[line.product] = (model.stock[line.product] ?? 0) + quantity;
  });

const refundAmount = (pick: number, cents: number) =>
  step(`refund ${cents} cents of`, pick, async (order, _model, { on }) => {
    const reply = await on.refund(order.id, { amount: (cents / 100).toFixed(2) });
    const fits = cents <= order.leftCents;
    expectStatus(reply, !isPaid(order) ? 409 : fits ? 201 : 422);
    if (isPaid(order) && fits) order.leftCents -= cents;
  });

const ship = (pick: number) =>
  step('ship', pick, async (order, _model, { on }) => {
    const reply = await on.ship(order.id);
    // All of an order that is worth something has been given back: nobody pays for it any more.
    const canShip = order.status === 'paid' && !order.shipment && order.leftCents > 0;
    expectStatus(reply, canShip ? 201 : 409);
    if (canShip) order.shipment = { id: reply.body.id, status: 'preparing' };
  });

const follows: Readonly<Record<string, readonly string[]>> = {
  preparing: ['shipped'],
  shipped: ['delivered', 'returned'],
  delivered: ['returned'],
};

const move = (pick: number, status: string) =>
  step(`${status}:`, pick, async (order, _model, { on }) => {
    const { shipment } = order;
    if (!shipment) return;
    const reply = await on.move(shipment.id, status);
    const isGivenBack = status === 'shipped' && order.leftCents === 0;
    const isNext = follows[shipment.status]?.includes(status) === true && !isGivenBack;
    expectStatus(reply, isNext || shipment.status === status ? 200 : 409);
    if (!isNext) return;
    shipment.status = status;
    if (status !== 'returned') order.status = status;
  });

const complete = (pick: number) =>
  step('complete', pick, async (order, _model, { on }) => {
    const reply = await on.call('POST', `/orders/${order.id}/completion`);
    expectStatus(reply, ['delivered', 'completed'].includes(order.status) ? 200 : 409);
    if (order.status === 'delivered') order.status = 'completed';
  });

const pick = fc.nat({ max: 5 });
const pieces = fc
  .tuple(...quantitiesMax.map((max) => fc.nat({ max })))
  .filter((wanted) => wanted.some((quantity) => quantity > 0));
const quantity = fc.integer({ min: 1, max: 3 });

/** Everything that can happen to an order, in any order; steps that lead somewhere come more often. */
export const orderSteps = fc.commands(
  [
    pieces.map(place),
    pieces.map(place),
    pick.map((at) => pay(at, false)),
    pick.map((at) => pay(at, false)),
    pick.map((at) => pay(at, true)),
    pick.map(cancel),
    pick.map(expire),
    fc.tuple(pick, fc.nat({ max: 1 }), quantity, fc.boolean()).map((all) => refundLine(...all)),
    fc.tuple(pick, fc.integer({ min: 1, max: 4_000 })).map((all) => refundAmount(...all)),
    pick.map(ship),
    pick.map(ship),
    fc.tuple(pick, fc.constantFrom('shipped', 'delivered', 'returned')).map((all) => move(...all)),
    pick.map((at) => move(at, 'shipped')),
    pick.map(complete),
  ],
  { maxCommands: 40, size: 'max' },
);
