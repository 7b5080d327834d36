import { type ShopFacts, shopFacts } from '../../shared/changes/shop-facts.ts';
import { type LiveOrder, liveSections } from '../../shared/events/live.ts';
import type { BatchTaker } from '../../shared/jobs/job-handler.ts';
import { updateLiveSection } from '../../shared/jobs/live-section.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

const shownMax = 20;

/** The last orders, for the live page: merged by id, so that a repeat shows nothing twice. */
export class RecentOrders implements BatchTaker {
  readonly #store: StateStore;
  readonly #now: () => number;
  readonly #maxFutureMs: number;
  readonly #source = shopFacts(['order'], 0);

  /** @param maxFutureMs an order further ahead of its arrival would stay on top for good. */
  constructor(store: StateStore, now: () => number, maxFutureMs: number) {
    this.#store = store;
    this.#now = now;
    this.#maxFutureMs = maxFutureMs;
  }

  async take(...[from, records]: Parameters<BatchTaker['take']>): Promise<void> {
    if (from.stream !== this.#source.stream) return;
    const fresh = this.#source.decode(records).flatMap((decoded, index) => {
      if (decoded.kind !== 'event') return [];
      const { event } = decoded;
      const latestMs = (records[index]?.arrivalMs ?? 0) + this.#maxFutureMs;
      return event.orderedAtMs > latestMs ? [] : [toShown(event)];
    });
    if (fresh.length === 0) return;
    await updateLiveSection(
      this.#store,
      'orders',
      liveSections.orders,
      (shown) => ({ orders: newest([...(shown?.orders ?? []), ...fresh]) }),
      this.#now(),
    );
  }

  sweep(): Promise<void> {
    return Promise.resolve();
  }
}

function newest(orders: readonly LiveOrder[]): LiveOrder[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  return [...byId.values()].sort((a, b) => b.orderedAtMs - a.orderedAtMs).slice(0, shownMax);
}

function toShown(order: ShopFacts['order']): LiveOrder {
  const { orderId: id, customerId, totalCents, orderedAtMs, channel, country } = order;
  return { id, customerId, totalCents, orderedAtMs, channel, country };
}
