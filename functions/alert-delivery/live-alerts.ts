import { z } from 'zod';
import { readLiveSection, writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { Recent } from '../../shared/telemetry/recent.ts';
import type { Delivery } from './deliver.ts';

const shownMax = 20;
const spanMs = 60_000;

const section = z.object({ alerts: z.array(z.looseObject({ id: z.string(), atMs: z.number() })) });

/** Shows the last alerts and how fast they went out on the live page. */
export class LiveAlerts {
  readonly #store: StateStore;
  readonly #now: () => number;
  readonly #latencies = new Recent(spanMs, 10_000);

  constructor(store: StateStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async show(deliveries: readonly Delivery[], latencies: readonly number[]): Promise<void> {
    if (deliveries.length === 0) return;
    const shown = section.safeParse(await readLiveSection(this.#store, 'alerts'));
    const alerts = new Map(shown.data?.alerts.map((alert) => [alert.id, alert]));
    for (const delivery of deliveries) alerts.set(delivery.id, toShown(delivery));
    const newest = [...alerts.values()].sort((a, b) => b.atMs - a.atMs).slice(0, shownMax);
    const now = this.#now();
    this.#latencies.add(now, latencies);
    const health = {
      job: 'alert-delivery',
      updatedAtMs: now,
      latencyMs: this.#latencies.percentiles(now),
    };
    await writeLiveSection(this.#store, 'alerts', { alerts: newest }, now);
    await writeLiveSection(this.#store, 'health#alert-delivery', health, now);
  }
}

function toShown({ id, data, status, attempts, sentAtMs }: Delivery) {
  const { rule, severity, title, reason, orderId, customerId, totalCents, atMs } = data;
  const what = { rule, severity, title, reason, orderId, customerId, totalCents, atMs };
  return { id, ...what, status, attempts, ...(sentAtMs !== undefined && { sentAtMs }) };
}
