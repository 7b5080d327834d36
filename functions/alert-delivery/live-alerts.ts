import { type LiveAlert, liveSections } from '../../shared/events/live.ts';
import { updateLiveSection, writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { Recent } from '../../shared/telemetry/recent.ts';
import type { Delivery } from './send-lane.ts';

const shownMax = 20;
const spanMs = 60_000;
/** Anyone may read the live page: what else an alert is about may be a card, a device or a person. */
const openKinds: ReadonlySet<string> = new Set(['shop', 'order', 'product', 'category', 'seller']);

/** Shows the last alerts and how fast they went out on the live page. */
export class LiveAlerts {
  readonly #store: StateStore;
  readonly #now: () => number;
  readonly #latencies = new Recent(spanMs, 10_000);

  constructor(store: StateStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @param latencies from commit to webhook, milliseconds. */
  async show(deliveries: readonly Delivery[], latencies: readonly number[]): Promise<void> {
    if (deliveries.length === 0) return;
    const now = this.#now();
    const merged = (shown: readonly LiveAlert[]) => {
      const alerts = new Map(shown.map((alert) => [alert.id, alert]));
      for (const delivery of deliveries) {
        const alert = toShown(delivery);
        const before = alerts.get(alert.id);
        if (!before || progressOf(before) <= progressOf(alert)) alerts.set(alert.id, alert);
        if (alert.status !== 'sent') continue;
        for (const other of alerts.values()) {
          if (other.id !== alert.id) alerts.set(other.id, toldWith(other, alert));
        }
      }
      return [...alerts.values()].sort((a, b) => b.atMs - a.atMs).slice(0, shownMax);
    };
    await updateLiveSection(
      this.#store,
      'alerts',
      liveSections.alerts,
      (shown) => ({ alerts: merged(shown?.alerts ?? []) }),
      now,
    );
    this.#latencies.add(now, latencies);
    const health = {
      job: 'alert-delivery',
      updatedAtMs: now,
      latencyMs: this.#latencies.percentiles(now),
    };
    await writeLiveSection(this.#store, 'health#alert-delivery', health, now);
  }
}

/** An instance that is late to show what it knew must not undo what another has shown. */
function progressOf({ status, attempts }: LiveAlert): number {
  return status === 'pending' ? attempts : Number.POSITIVE_INFINITY;
}

/** What waited is told when the message is that it was to be told in. */
function toldWith(other: LiveAlert, { message, sentAtMs }: LiveAlert): LiveAlert {
  if (!other.held || message === undefined || other.message !== message) return other;
  const { held, ...rest } = other;
  return { ...rest, status: 'sent', ...(sentAtMs !== undefined && { sentAtMs }) };
}

function toShown({ id, data, status, attempts, ...delivery }: Delivery): LiveAlert {
  const { rule, severity, title, reason, orderId, customerId, totalCents, entity, atMs } = data;
  const { sentAtMs, held, message, heldBack = 0 } = delivery;
  const { confidence, confidenceBasis } = data;
  return {
    ...{ id, rule, severity, title, reason, atMs, status, attempts },
    ...(orderId !== undefined && { orderId }),
    ...(customerId !== undefined && { customerId }),
    ...(totalCents !== undefined && { totalCents }),
    ...(entity && openKinds.has(entity.kind) && { entity }),
    ...(sentAtMs !== undefined && { sentAtMs }),
    ...(confidence !== undefined && { confidence }),
    ...(confidenceBasis !== undefined && { confidenceBasis }),
    ...(held && { held }),
    ...(message !== undefined && { message }),
    ...(heldBack > 0 && { heldBack }),
  };
}
