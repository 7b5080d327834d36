import type { AlertData } from '../../shared/events/alert.ts';
import { type Delivery, type DeliveryParts, deliver } from './deliver.ts';

interface NewAlert {
  readonly id: string;
  readonly data: AlertData;
}

/** What became of alerts, and the errors that kept others from being logged. */
export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  readonly errors: readonly unknown[];
}

/** Customers whose alerts are sent at the same time; those of one customer go one by one. */
const atOnceMax = 8;

/**
 * Sends the alerts of a batch that have not been logged before. Once the receiver has failed one,
 * the rest are only logged: the schedule sends them, and no batch waits for a receiver that is down.
 * Ends when nothing is under way any more, also where there were errors.
 */
export async function deliverAll(
  alerts: readonly NewAlert[],
  parts: DeliveryParts,
): Promise<Deliveries> {
  const queues = [...Map.groupBy(alerts, ({ data }) => data.customerId).values()];
  const deliveries: Delivery[] = [];
  let isDown = false;
  const logOnly = async ({ id, data }: NewAlert): Promise<Delivery | undefined> => {
    const isNew = await parts.log.leave(id, data, parts.now());
    return isNew ? { id, data, status: 'pending', attempts: 0 } : undefined;
  };
  const send = async ({ id, data }: NewAlert): Promise<Delivery | undefined> => {
    const claimed = await parts.log.begin(id, data, parts.now());
    return claimed && (await deliver(claimed, parts));
  };
  const sendQueues = async (): Promise<void> => {
    for (let queue = queues.shift(); queue; queue = queues.shift()) {
      for (const alert of queue) {
        const delivery = await (isDown ? logOnly(alert) : send(alert));
        if (!delivery) continue;
        isDown ||= delivery.status !== 'sent';
        deliveries.push(delivery);
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnceMax }, sendQueues));
  const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  return { deliveries, errors };
}

/**
 * Sends what has waited long enough, until nothing is left, the receiver fails one, or it is
 * `untilMs`.
 */
export async function deliverDue(
  parts: DeliveryParts,
  untilMs: number,
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for (;;) {
    const before = deliveries.length;
    for (const id of await parts.log.due(parts.now())) {
      if (parts.now() >= untilMs) return deliveries;
      const alert = await parts.log.claim(id, parts.now());
      if (!alert) continue;
      const delivery = await deliver(alert, parts);
      deliveries.push(delivery);
      if (delivery.status === 'pending') return deliveries;
    }
    if (deliveries.length === before) return deliveries;
  }
}
