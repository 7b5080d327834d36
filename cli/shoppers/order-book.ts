import type { Random } from '../../shared/random/random.ts';
import type { Agenda } from './agenda.ts';
import type { FraudPattern } from './fraud-patterns.ts';
import type { Oddity } from './oddities.ts';
import type { OrderDesk, PlacedOrder } from './order-desk.ts';
import type { ShopClock } from './shop-clock.ts';
import type { Visit } from './visit.ts';

/** What is known of an order and must not be known to the shop. */
export interface Label {
  readonly orderId: number;
  readonly customerId: number;
  readonly orderedAt: string;
  readonly pattern: FraudPattern | null;
  readonly fraud: boolean;
  /** What was odd about it though it was honest. */
  readonly oddity: Oddity | null;
}

interface BookOptions {
  readonly desk: OrderDesk;
  readonly agenda: Agenda;
  readonly clock: ShopClock;
  /** Of what happens after a payment. */
  readonly random: Random;
  /** After this time an unpaid order expires. */
  readonly expiresAfterMs: number;
  readonly onLabel: (label: Label) => void;
  /** Does something that the shop may refuse. */
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
}

interface Booked {
  readonly order: PlacedOrder;
  readonly isFraud: boolean;
  state: 'placed' | 'paid' | 'shipped' | 'delivered' | 'givenBack';
}

const hourMs = 3_600_000;
/**
 * Hours from a payment to the carrier, from there to the door, from there to being content; and from
 * a payment to the day when the owner of the card takes it back.
 */
const hours = {
  pack: [4, 40],
  travel: [20, 110],
  settle: [12, 72],
  chargeback: [72, 480],
} as const;
/** Of paid orders of fraudsters; the others are never found out. */
const CHARGEBACK_SHARE = 0.7;
/** In a shorter run everything is quicker, by as much as it is shorter. */
const fullPaceMs = 10 * 24 * hourMs;
const carriers = ['Correio Azul', 'Nordpost', 'Rapid Parcel', 'Via Postal'] as const;
const CANCELLED_SHARE = 0.6;
const WHOLE_SHARE = 0.6;

/** Keeps every order of a run, and lets happen what comes after it, until the run's end. */
export class OrderBook {
  readonly #options: BookOptions;
  readonly #ofCustomer = new Map<number, Booked[]>();
  readonly #byId = new Map<number, Booked>();
  readonly #pace: number;

  constructor(options: BookOptions) {
    this.#options = options;
    const { fromMs, toMs } = options.clock;
    this.#pace = Math.min(1, (toMs - fromMs) / fullPaceMs);
  }

  placed(order: PlacedOrder, customerId: number, { pattern, oddity }: Visit): void {
    const booked: Booked = { order, isFraud: pattern !== undefined, state: 'placed' };
    this.#byId.set(order.id, booked);
    const others = this.#ofCustomer.get(customerId) ?? [];
    this.#ofCustomer.set(customerId, [...others, booked]);
    this.#options.onLabel({
      orderId: order.id,
      customerId,
      orderedAt: order.orderedAt,
      pattern: pattern ?? null,
      fraud: pattern !== undefined,
      oddity: oddity ?? null,
    });
  }

  /** @param paidAtMs undefined: nobody paid it; where history is told, its expiry is told too. */
  settled({ id, orderedAt }: PlacedOrder, paidAtMs: number | undefined): void {
    const { agenda, attempt, clock, desk, expiresAfterMs } = this.#options;
    const booked = this.#byId.get(id);
    if (booked === undefined) return;
    if (paidAtMs !== undefined) {
      booked.state = 'paid';
      this.#fulfil(booked, paidAtMs);
      if (booked.isFraud) this.#chargeBack(id, paidAtMs);
    } else if (clock.isOwn) {
      const atMs = Date.parse(orderedAt) + expiresAfterMs;
      agenda.add(atMs, () => attempt(() => desk.expire(id, atMs)));
    }
  }

  /**
   * A customer gives something back: an order that is still in the house is cancelled, of another the
   * money for some of it is asked for.
   *
   * @returns whether there was anything to give back.
   */
  async giveBack(
    customerId: number,
    token: string,
    atMs: number,
    random: Random,
  ): Promise<boolean> {
    const { desk } = this.#options;
    const mine = this.#ofCustomer.get(customerId) ?? [];
    const booked = mine.findLast(({ state }) => state !== 'placed' && state !== 'givenBack');
    if (booked === undefined) return false;
    const { order, state } = booked;
    booked.state = 'givenBack';
    if (state === 'paid' && random.chance(CANCELLED_SHARE)) {
      await desk.cancel(order.id, { token, atMs });
      return true;
    }
    const items = random.chance(WHOLE_SHARE) ? order.items : [random.pick(order.items)];
    const lines = items.map(({ id, quantity }) => ({ orderItemId: id, quantity }));
    await desk.refund(order.id, lines, `refund-${order.id}`, atMs);
    return true;
  }

  #fulfil(booked: Booked, paidAtMs: number): void {
    const { agenda, attempt, desk, random } = this.#options;
    const { id } = booked.order;
    const carrier = random.pick(carriers);
    const shippedAtMs = paidAtMs + this.#after(hours.pack);
    const deliveredAtMs = shippedAtMs + this.#after(hours.travel);
    const completedAtMs = deliveredAtMs + this.#after(hours.settle);
    agenda.add(shippedAtMs, () =>
      attempt(async () => {
        if (booked.state !== 'paid') return;
        booked.state = 'shipped';
        const shipmentId = await desk.ship(id, carrier, shippedAtMs);
        agenda.add(deliveredAtMs, () =>
          attempt(async () => {
            await desk.deliver(shipmentId, deliveredAtMs);
            if (booked.state === 'shipped') booked.state = 'delivered';
            agenda.add(completedAtMs, () => attempt(() => desk.complete(id)));
          }),
        );
      }),
    );
  }

  /** The shop learns late, and not of every order, what it was. */
  #chargeBack(orderId: number, paidAtMs: number): void {
    const { agenda, attempt, desk, random } = this.#options;
    if (!random.chance(CHARGEBACK_SHARE)) return;
    const atMs = paidAtMs + this.#after(hours.chargeback);
    agenda.add(atMs, () => attempt(() => desk.chargeBack(orderId, atMs)));
  }

  #after([min, max]: readonly [number, number]): number {
    const chance = min + this.#options.random.next() * (max - min);
    return Math.floor(chance * hourMs * this.#pace);
  }
}
