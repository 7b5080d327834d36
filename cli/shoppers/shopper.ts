import { z } from 'zod';
import type { Random } from '../../shared/random/random.ts';
import { type PaymentMethod, paymentMethods } from '../../shared/shop/payment-methods.ts';
import people from '../../shared/shop/seed/people.json' with { type: 'json' };
import { type Action, drawByShare } from './actions.ts';
import type { Catalogue, CatalogueProduct } from './catalogue.ts';
import type { ClickSender } from './click-sender.ts';
import { RequestFailed, type ShopClient, type ShopRequest } from './shop-client.ts';
import type { ShopperCounts } from './shopper-report.ts';
import { decliningCard, makeCardNumber } from './test-cards.ts';

/** What a shopper shops with. */
export interface Surroundings {
  readonly shop: ShopClient;
  readonly catalogue: Catalogue;
  readonly clicks: ClickSender;
  readonly counts: ShopperCounts;
  /** Year of the calendar, for cards that are still good. */
  readonly year: number;
}

const madeShape = z.object({ id: z.int() });
const cartShape = z.object({
  items: z.array(z.object({ id: z.int(), productId: z.int(), quantity: z.int() })),
});
const paymentShape = z.object({ status: z.string() });
const methodShares: Readonly<Record<PaymentMethod, number>> = {
  credit_card: 0.5,
  pix: 0.2,
  debit_card: 0.12,
  paypal: 0.08,
  bank_slip: 0.05,
  digital_wallet: 0.03,
  cash_on_delivery: 0.02,
};
const SESSION_ACTIONS_MAX = 25;
const EXPENSIVE_SHARE = 0.04;
const DECLINED_SHARE = 0.03;

/** The category is unknown where only the cart's line is at hand. */
type ClickedProduct = Pick<CatalogueProduct, 'id'> & Partial<CatalogueProduct>;
type CartLine = z.output<typeof cartShape>['items'][number];

/** One customer of the shop, with a cart, a device and a card. Does one thing at a time. */
export class Shopper {
  readonly #around: Surroundings;
  readonly #customerId: number;
  readonly #name: string;
  readonly #country: string;
  readonly #channel: 'web' | 'mobile';
  readonly #cardNumber: string;
  readonly #consent: 'personal' | 'statistics';
  #session = 0;
  #sessionActions = 0;
  #cartId: number | undefined;
  #lines: readonly CartLine[] = [];
  #orders = 0;

  private constructor(around: Surroundings, customerId: number, name: string, random: Random) {
    this.#around = around;
    this.#customerId = customerId;
    this.#name = name;
    this.#country = random.pick(people.countries);
    this.#channel = random.chance(0.6) ? 'mobile' : 'web';
    this.#cardNumber = makeCardNumber(random);
    this.#consent = random.chance(0.85) ? 'personal' : 'statistics';
  }

  /**
   * Signs a new customer up.
   *
   * @param name unlike that of every other shopper, also of earlier runs.
   */
  static async signUp(around: Surroundings, name: string, random: Random): Promise<Shopper> {
    const { id } = await around.shop.send({
      method: 'POST',
      path: '/customers',
      body: {
        firstName: random.pick(people.firstNames),
        lastName: random.pick(people.lastNames),
        email: `${name}@shoppers.example.com`,
        password: `password of ${name}`,
        country: random.pick(people.countries),
      },
      answer: madeShape,
    });
    around.counts.add('shoppers');
    return new Shopper(around, id, name, random);
  }

  /** Does the action, or a view where it is impossible at the moment; tells what was done. */
  async act(action: Action, random: Random): Promise<Action> {
    if (this.#sessionActions++ % SESSION_ACTIONS_MAX === 0) this.#session++;
    const done = await this.#try(action, random).catch((error: unknown) => {
      // Sold out or no longer sold: the shop was right to refuse, and the shopper looks on.
      if (!(error instanceof RequestFailed && error.kind === '422')) throw error;
      this.#around.counts.error(error.kind);
      return false;
    });
    if (done) return action;
    await this.#view(random);
    return 'view';
  }

  async #try(action: Action, random: Random): Promise<boolean> {
    switch (action) {
      case 'view':
        return this.#view(random);
      case 'addToCart':
        return this.#addToCart(random);
      case 'wishlist':
        return this.#wish(random);
      case 'removeFromCart':
        return this.#removeFromCart(random);
      case 'placeOrder':
        return this.#placeOrder(random);
      case 'browse':
        return this.#browse(random);
    }
  }

  async #view(random: Random): Promise<boolean> {
    const product = this.#around.catalogue.popular(random);
    await this.#send({ method: 'GET', path: `/products/${product.id}`, answer: madeShape });
    this.#click('view', product);
    return true;
  }

  async #browse(random: Random): Promise<boolean> {
    const { id, name } = random.pick(this.#around.catalogue.categories);
    const path = `/products?category=${id}&inStock=true`;
    await this.#send({ method: 'GET', path, answer: z.object({ items: z.array(madeShape) }) });
    this.#around.clicks.add({ type: 'browse', category: name, ...this.#person() });
    return true;
  }

  async #wish(random: Random): Promise<boolean> {
    const product = this.#around.catalogue.popular(random);
    const body = { customerId: this.#customerId, productId: product.id };
    await this.#send({ method: 'POST', path: '/wishlist', body, answer: madeShape });
    this.#click('wishlist', product);
    return true;
  }

  async #addToCart(random: Random): Promise<boolean> {
    const { catalogue } = this.#around;
    const product = random.chance(EXPENSIVE_SHARE)
      ? catalogue.expensive(random)
      : catalogue.popular(random);
    if (this.#cartId === undefined) {
      const body = { customerId: this.#customerId };
      const made = await this.#send({ method: 'POST', path: '/carts', body, answer: madeShape });
      this.#cartId = made.id;
    }
    const path = `/carts/${this.#cartId}/items`;
    const body = { productId: product.id, quantity: random.integer(1, 3) };
    this.#lines = (await this.#send({ method: 'POST', path, body, answer: cartShape })).items;
    this.#click('cart', product);
    return true;
  }

  async #removeFromCart(random: Random): Promise<boolean> {
    if (this.#lines.length === 0) return false;
    const line = random.pick(this.#lines);
    const path = `/carts/${this.#cartId}/items/${line.id}`;
    this.#lines = (await this.#send({ method: 'DELETE', path, answer: cartShape })).items;
    this.#click('remove', { id: line.productId });
    return true;
  }

  async #placeOrder(random: Random): Promise<boolean> {
    if (this.#lines.length === 0) return false;
    const { counts } = this.#around;
    const body = {
      cartId: this.#cartId,
      shippingAddress: `${this.#name}'s home`,
      shippingCountry: this.#country,
      channel: this.#channel,
      deviceId: `device-of-${this.#name}`,
    };
    const headers = { 'idempotency-key': `${this.#name}-${++this.#orders}` };
    // Whatever becomes of it, the shopper goes on with a new cart.
    this.#cartId = undefined;
    this.#lines = [];
    const order = { method: 'POST', path: '/orders', headers, body, answer: madeShape } as const;
    const { id } = await this.#send(order);
    counts.add('ordersPlaced');
    if (random.chance(DECLINED_SHARE)) await this.#pay(id, 'debit_card', decliningCard, random);
    const method = drawByShare(random, paymentMethods, (each) => methodShares[each]);
    await this.#pay(id, method, this.#cardNumber, random);
    return true;
  }

  async #pay(orderId: number, method: PaymentMethod, number: string, random: Random) {
    const card = { number, expiryMonth: 12, expiryYear: this.#around.year + 2 };
    const { status } = await this.#send({
      method: 'POST',
      path: `/orders/${orderId}/payments`,
      body: {
        method,
        ...(method === 'credit_card' ? { card, installments: random.integer(1, 12) } : {}),
        ...(method === 'debit_card' ? { card } : {}),
      },
      answer: paymentShape,
    });
    this.#around.counts.add(status === 'approved' ? 'ordersPaid' : 'paymentsDeclined');
  }

  #click(type: 'view' | 'cart' | 'remove' | 'wishlist', product: ClickedProduct): void {
    const { id: productId, category } = product;
    const place = category === undefined ? {} : { category };
    this.#around.clicks.add({ type, productId, ...place, ...this.#person() });
  }

  #person() {
    const sessionId = `${this.#name}-${this.#session}`;
    return { sessionId, userId: String(this.#customerId), consent: this.#consent };
  }

  #send<Answer>(request: ShopRequest<Answer>): Promise<Answer> {
    return this.#around.shop.send(request);
  }
}
