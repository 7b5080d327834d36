import { z } from 'zod';
import type { Random } from '../../shared/random/random.ts';
import type { Action } from './actions.ts';
import type { Catalogue, CatalogueProduct } from './catalogue.ts';
import type { ClickSender } from './click-sender.ts';
import { fraudLines } from './fraud-lines.ts';
import type { FraudOrder } from './fraud-patterns.ts';
import type { Identity } from './identity.ts';
import type { OrderBook } from './order-book.ts';
import type { OrderDesk, PlacedOrder } from './order-desk.ts';
import { payFraudulently, payHonestly } from './pay-order.ts';
import { RequestFailed, type ShopClient, type ShopRequest } from './shop-client.ts';
import type { ShopperCounts } from './shopper-report.ts';
import type { Visit } from './visit.ts';

/** What a shopper shops with. */
export interface Surroundings {
  readonly shop: ShopClient;
  readonly desk: OrderDesk;
  readonly catalogue: Catalogue;
  readonly clicks: ClickSender;
  readonly counts: ShopperCounts;
  /** Year of the calendar, for cards that are still good. */
  readonly year: number;
  /** What time it is in the world, epoch milliseconds. */
  readonly nowMs: () => number;
  /** Nothing happens later, epoch milliseconds. */
  readonly endMs: number;
  /** Told of every order, where someone keeps books. */
  readonly book?: OrderBook;
}

const sessionShape = z.object({ token: z.string(), expiresAt: z.string() });
const signedUpShape = z.object({ id: z.int(), session: sessionShape });
const madeShape = z.object({ id: z.int() });
const cartShape = z.object({
  items: z.array(z.object({ id: z.int(), productId: z.int(), quantity: z.int() })),
});

const RENEWED_BEFORE_MS = 10 * 60_000;

/** The category is unknown where only the cart's line is at hand. */
type ClickedProduct = Pick<CatalogueProduct, 'id'> & Partial<CatalogueProduct>;
type CartLine = z.output<typeof cartShape>['items'][number];

/** One customer of the shop with a cart. Does one thing at a time. */
export class Shopper {
  readonly customerId: number;
  readonly #around: Surroundings;
  readonly #identity: Identity;
  #session: z.output<typeof sessionShape>;
  #cartId: number | undefined;
  #lines: readonly CartLine[] = [];
  #orders = 0;

  private constructor(
    around: Surroundings,
    identity: Identity,
    { id, session }: z.output<typeof signedUpShape>,
  ) {
    this.customerId = id;
    this.#session = session;
    this.#around = around;
    this.#identity = identity;
  }

  get token(): string {
    return this.#session.token;
  }

  /** Signs a new customer up. */
  static async signUp(around: Surroundings, identity: Identity, atMs: number): Promise<Shopper> {
    const { firstName, lastName, email, password, phone, address, country } = identity;
    const made = await around.shop.send({
      method: 'POST',
      path: '/customers',
      body: { firstName, lastName, email, password, phone, address, country },
      answer: signedUpShape,
      ...around.desk.signed({ token: undefined, atMs }),
    });
    around.counts.add('shoppers');
    return new Shopper(around, identity, made);
  }

  /** Does the action, or a view where it is impossible at the moment; tells what was done. */
  async act(action: Action, visit: Visit, atMs: number, random: Random): Promise<Action> {
    await this.#stayLoggedIn();
    const done = await this.#try(action, visit, atMs, random).catch((error: unknown) => {
      // Sold out or no longer sold: the shop was right to refuse, and the shopper looks on.
      if (!(error instanceof RequestFailed && error.kind === '422')) throw error;
      this.#around.counts.error(error.kind);
      return false;
    });
    if (done) return action;
    await this.#view(visit, atMs, random);
    return 'view';
  }

  /** Orders as a fraudster does, in a cart of its own. */
  async orderFraudulently(planned: FraudOrder, visit: Visit, random: Random): Promise<void> {
    await this.#stayLoggedIn();
    const cartId = await this.#takeCart(planned.atMs);
    for (const line of fraudLines(planned, this.#around.catalogue, random)) {
      const path = `/carts/${cartId}/items`;
      await this.#send({ method: 'POST', path, body: line, answer: cartShape });
    }
    const { atMs } = planned;
    const order = await this.#checkOut(cartId, visit, atMs);
    this.#around.counts.add('fraudOrders');
    const paying = { ...this.#around, token: this.token, visit, order, atMs, random };
    const paidAtMs = await payFraudulently(paying, planned);
    this.#around.book?.settled(order, paidAtMs);
  }

  async #try(action: Action, visit: Visit, atMs: number, random: Random): Promise<boolean> {
    switch (action) {
      case 'view':
        return this.#view(visit, atMs, random);
      case 'addToCart':
        return this.#addToCart(visit, atMs, random);
      case 'wishlist':
        return this.#wish(visit, atMs, random);
      case 'removeFromCart':
        return this.#removeFromCart(visit, atMs, random);
      case 'placeOrder':
        return this.#placeOrder(visit, atMs, random);
      case 'browse':
        return this.#browse(visit, atMs, random);
    }
  }

  async #view(visit: Visit, atMs: number, random: Random): Promise<boolean> {
    const product = visit.look(random);
    await this.#send({ method: 'GET', path: `/products/${product.id}`, answer: madeShape });
    this.#click('view', product, visit, atMs);
    return true;
  }

  async #browse(visit: Visit, atMs: number, random: Random): Promise<boolean> {
    const { id, name } = random.pick(this.#around.catalogue.categories);
    const path = `/products?category=${id}&inStock=true`;
    await this.#send({ method: 'GET', path, answer: z.object({ items: z.array(madeShape) }) });
    this.#around.clicks.add({ type: 'browse', category: name, ...this.#person(visit) }, atMs);
    return true;
  }

  async #wish(visit: Visit, atMs: number, random: Random): Promise<boolean> {
    const product = visit.look(random);
    const body = { customerId: this.customerId, productId: product.id };
    const wish = { method: 'POST', path: '/wishlist', body, answer: madeShape } as const;
    await this.#around.shop.send({
      ...wish,
      ...this.#around.desk.signed({ token: this.token, atMs }),
    });
    this.#click('wishlist', product, visit, atMs);
    return true;
  }

  async #addToCart(visit: Visit, atMs: number, random: Random): Promise<boolean> {
    const product = visit.want(random);
    this.#cartId ??= await this.#takeCart(atMs);
    const path = `/carts/${this.#cartId}/items`;
    const body = { productId: product.id, quantity: random.integer(1, 3) };
    this.#lines = (await this.#send({ method: 'POST', path, body, answer: cartShape })).items;
    this.#click('cart', product, visit, atMs);
    return true;
  }

  async #removeFromCart(visit: Visit, atMs: number, random: Random): Promise<boolean> {
    if (this.#lines.length === 0) return false;
    const line = random.pick(this.#lines);
    const path = `/carts/${this.#cartId}/items/${line.id}`;
    this.#lines = (await this.#send({ method: 'DELETE', path, answer: cartShape })).items;
    this.#click('remove', { id: line.productId }, visit, atMs);
    return true;
  }

  async #placeOrder(visit: Visit, atMs: number, random: Random): Promise<boolean> {
    const cartId = this.#cartId;
    if (cartId === undefined || this.#lines.length === 0) return false;
    if (visit.oddity === 'largeBasket') await this.#fillUp(cartId, random);
    // Whatever becomes of it, the shopper goes on with a new cart.
    this.#cartId = undefined;
    this.#lines = [];
    const order = await this.#checkOut(cartId, visit, atMs);
    const paying = { ...this.#around, token: this.token, visit, order, atMs, random };
    const paidAtMs = await payHonestly(paying);
    this.#around.book?.settled(order, paidAtMs);
    return true;
  }

  /** For a feast, or a whole office. */
  async #fillUp(cartId: number, random: Random): Promise<void> {
    const path = `/carts/${cartId}/items`;
    for (let lines = random.integer(2, 4); lines > 0; lines--) {
      const { id: productId } = this.#around.catalogue.expensive(random);
      const body = { productId, quantity: random.integer(2, 5) };
      await this.#send({ method: 'POST', path, body, answer: cartShape });
    }
  }

  /** The shop's sessions end after some hours; shoppers may stay for days. */
  async #stayLoggedIn(): Promise<void> {
    const leftMs = Date.parse(this.#session.expiresAt) - this.#around.nowMs();
    if (leftMs > RENEWED_BEFORE_MS) return;
    const { email, password } = this.#identity;
    this.#session = await this.#around.shop.send({
      method: 'POST',
      path: '/sessions',
      body: { email, password },
      answer: sessionShape,
    });
  }

  async #takeCart(atMs: number): Promise<number> {
    const { id } = await this.#around.shop.send({
      method: 'POST',
      path: '/carts',
      body: { customerId: this.customerId },
      answer: madeShape,
      ...this.#around.desk.signed({ token: this.token, atMs }),
    });
    return id;
  }

  async #checkOut(cartId: number, visit: Visit, atMs: number): Promise<PlacedOrder> {
    const { address: shippingAddress, country: shippingCountry, channel, deviceId } = visit.guise;
    const body = { cartId, shippingAddress, shippingCountry, channel, deviceId };
    const key = `${this.customerId}-${++this.#orders}`;
    const moment = { token: this.token, atMs };
    const order = await this.#around.desk.place(body, key, moment, visit.guise.ip);
    this.#around.book?.placed(order, this.customerId, visit);
    return order;
  }

  #click(
    type: 'view' | 'cart' | 'remove' | 'wishlist',
    { id: productId, category }: ClickedProduct,
    visit: Visit,
    atMs: number,
  ): void {
    const place = category === undefined ? {} : { category };
    this.#around.clicks.add({ type, productId, ...place, ...this.#person(visit) }, atMs);
  }

  #person({ sessionId }: Visit) {
    const { consent } = this.#identity;
    return { sessionId, userId: String(this.customerId), consent };
  }

  #send<Answer>(request: ShopRequest<Answer>): Promise<Answer> {
    return this.#around.shop.send({ ...request, token: this.token });
  }
}
