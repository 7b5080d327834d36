import { z } from 'zod';
import { type ShopFacts, shopFacts } from '../../shared/changes/shop-facts.ts';
import type { BatchTaker } from '../../shared/jobs/job-handler.ts';
import { readLiveSection, writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

const shownMax = 20;

const section = z.object({
  orders: z.array(
    z.object({
      id: z.string(),
      customerId: z.string(),
      totalCents: z.number(),
      orderedAtMs: z.number(),
      channel: z.string().nullable(),
      country: z.string().nullable(),
    }),
  ),
});

/** The last orders, for the live page: merged by id, so that a repeat shows nothing twice. */
export class RecentOrders implements BatchTaker {
  readonly #store: StateStore;
  readonly #now: () => number;
  readonly #source = shopFacts(['order'], 0);

  constructor(store: StateStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async take(...[, records]: Parameters<BatchTaker['take']>): Promise<void> {
    const fresh = records
      .map((record) => this.#source.decode(record))
      .flatMap((decoded) => (decoded.kind === 'event' ? [decoded.event] : []));
    if (fresh.length === 0) return;
    const shown = section.safeParse(await readLiveSection(this.#store, 'orders'));
    const orders = new Map(shown.data?.orders.map((order) => [order.id, order]));
    for (const order of fresh.slice(-shownMax)) orders.set(order.orderId, toShown(order));
    const newest = [...orders.values()].sort((a, b) => b.orderedAtMs - a.orderedAtMs);
    await writeLiveSection(
      this.#store,
      'orders',
      { orders: newest.slice(0, shownMax) },
      this.#now(),
    );
  }

  sweep(): Promise<void> {
    return Promise.resolve();
  }
}

function toShown(order: ShopFacts['order']) {
  const { orderId: id, customerId, totalCents, orderedAtMs, channel, country } = order;
  return { id, customerId, totalCents, orderedAtMs, channel, country };
}
