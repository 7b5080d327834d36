import { z } from 'zod';
import type { ShopClient, ShopRequest } from './shop-client.ts';
import type { ShopperCounts } from './shopper-report.ts';

/** Who asks, and when: the shop's own time where it tells history. */
export interface Moment {
  /** Undefined: someone who has none yet. */
  readonly token: string | undefined;
  readonly atMs: number;
}

/** How the orders of a run are written. */
export interface DeskOptions {
  /**
   * Of an operator, who alone may tell history, and where a shopper came from; undefined: nobody does
   * what operators do.
   */
  readonly operatorToken: string | undefined;
  /** Whether the times of what is written are told, because they are not those of the world. */
  readonly tellsTime: boolean;
}

const orderShape = z.object({
  id: z.int(),
  total: z.string(),
  orderedAt: z.string(),
  items: z.array(z.object({ id: z.int(), quantity: z.int() })),
});
const givenBack = z.object({ adjustments: z.array(z.object({ amount: z.string() })) });
const done = z.object({ id: z.int() });

export type PlacedOrder = z.output<typeof orderShape>;

/** All that is done about orders, counted once the shop has done it. */
export class OrderDesk {
  readonly #shop: ShopClient;
  readonly #counts: ShopperCounts;
  readonly #options: DeskOptions;

  constructor(shop: ShopClient, counts: ShopperCounts, options: DeskOptions) {
    this.#shop = shop;
    this.#counts = counts;
    this.#options = options;
  }

  /** @param ip what the shop is told that the shopper came from, where an operator tells it. */
  async place(order: unknown, key: string, moment: Moment, ip: string): Promise<PlacedOrder> {
    const { operatorToken } = this.#options;
    const headers = {
      'idempotency-key': key,
      ...(operatorToken === undefined ? {} : { 'shopper-ip': ip }),
    };
    const placed = await this.#post(
      '/orders',
      { body: order, headers, answer: orderShape },
      { ...moment, token: operatorToken ?? moment.token },
    );
    this.#counts.add('ordersPlaced');
    this.#counts.add('orderLines', placed.items.length);
    this.#counts.add('soldCents', cents(placed.total));
    return placed;
  }

  /** @returns whether the payment was approved. */
  async pay(orderId: number, payment: unknown, moment: Moment): Promise<boolean> {
    const answer = z.object({ status: z.string() });
    const path = `/orders/${orderId}/payments`;
    const { status } = await this.#post(path, { body: payment, answer }, moment);
    this.#counts.add(status === 'approved' ? 'ordersPaid' : 'paymentsDeclined');
    return status === 'approved';
  }

  async cancel(orderId: number, moment: Moment): Promise<void> {
    const path = `/orders/${orderId}/cancellation`;
    const { adjustments } = await this.#post(path, { body: {}, answer: givenBack }, moment);
    this.#counts.add('cancelled');
    this.#countBack(adjustments.map(({ amount }) => amount));
  }

  /** Gives the money for these lines back, and the pieces to the shelf; for operators. */
  async refund(
    orderId: number,
    lines: readonly { readonly orderItemId: number; readonly quantity: number }[],
    key: string,
    atMs: number,
  ): Promise<void> {
    const body = { lines, restock: true };
    const headers = { 'idempotency-key': key };
    const path = `/orders/${orderId}/refunds`;
    const request = { body, headers, answer: givenBack };
    const { adjustments } = await this.#post(path, request, this.#operator(atMs));
    this.#counts.add('refunds');
    this.#countBack(adjustments.map(({ amount }) => amount));
  }

  /** Lets an order expire that nobody paid; for operators. */
  async expire(orderId: number, atMs: number): Promise<void> {
    const path = `/orders/${orderId}/expiry`;
    const { adjustments } = await this.#post(path, { answer: givenBack }, this.#operator(atMs));
    this.#counts.add('expired');
    this.#countBack(adjustments.map(({ amount }) => amount));
  }

  /** Notes that the owner of the card took a payment back: it was fraud; for operators. */
  async chargeBack(orderId: number, atMs: number): Promise<void> {
    const path = `/fraud/orders/${orderId}/reviews`;
    const body = { verdict: 'fraud', source: 'chargeback' };
    await this.#post(path, { body, answer: done }, this.#operator(atMs));
    this.#counts.add('chargebacks');
  }

  /** Hands an order to a carrier; for operators. @returns the shipment's id. */
  async ship(orderId: number, carrier: string, atMs: number): Promise<number> {
    const path = `/orders/${orderId}/shipments`;
    const { id } = await this.#post(
      path,
      { body: { carrier }, answer: done },
      this.#operator(atMs),
    );
    await this.#move(id, 'shipped', atMs);
    this.#counts.add('shipped');
    return id;
  }

  async deliver(shipmentId: number, atMs: number): Promise<void> {
    await this.#move(shipmentId, 'delivered', atMs);
    this.#counts.add('delivered');
  }

  async complete(orderId: number): Promise<void> {
    const path = `/orders/${orderId}/completion`;
    const token = this.#operatorToken();
    await this.#shop.send({ method: 'POST', path, token, answer: done });
    this.#counts.add('completed');
  }

  async #move(shipmentId: number, status: string, atMs: number): Promise<void> {
    await this.#shop.send({
      method: 'PATCH',
      path: `/shipments/${shipmentId}`,
      body: { status },
      answer: done,
      ...this.signed(this.#operator(atMs)),
    });
  }

  #post<Answer>(
    path: string,
    request: Omit<ShopRequest<Answer>, 'method' | 'path' | 'token'>,
    moment: Moment,
  ): Promise<Answer> {
    const { token, headers } = this.signed(moment);
    const all = { ...request.headers, ...headers };
    return this.#shop.send({ method: 'POST', path, token, ...request, headers: all });
  }

  /** The shopper's own request, or the operator's who tells what the shopper did then. */
  signed({ token, atMs }: Moment) {
    if (!this.#options.tellsTime) return { token, headers: {} };
    const headers = { 'shop-time': new Date(atMs).toISOString() };
    return { token: this.#operatorToken(), headers };
  }

  #operator(atMs: number): Moment {
    return { token: this.#operatorToken(), atMs };
  }

  #operatorToken(): string {
    const { operatorToken } = this.#options;
    if (operatorToken !== undefined) return operatorToken;
    throw new Error('Cannot act as an operator: no token was given');
  }

  #countBack(amounts: readonly string[]): void {
    this.#counts.add('adjustedLines', amounts.length);
    const sum = amounts.reduce((total, amount) => total + cents(amount), 0);
    this.#counts.add('givenBackCents', sum);
  }
}

function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}
