import type { LoggedAlert } from './alert-log.ts';
import { type Delivery, type DeliveryParts, deliver } from './deliver.ts';

type NewAlert = Pick<LoggedAlert, 'id' | 'data'>;

/** Customers whose alerts are sent at the same time; those of one customer go one by one. */
const atOnceMax = 8;

/**
 * Sends the alerts of a batch that have not been logged before. Once the receiver has failed one,
 * the rest are only logged: the schedule sends them, and no batch waits for a receiver that is down.
 */
export async function deliverAll(
  alerts: readonly NewAlert[],
  parts: DeliveryParts,
): Promise<readonly Delivery[]> {
  const queues = [...Map.groupBy(alerts, ({ data }) => data.customerId).values()];
  const deliveries: Delivery[] = [];
  let isDown = false;
  const sendQueues = async (): Promise<void> => {
    for (let queue = queues.shift(); queue; queue = queues.shift()) {
      for (const { id, data } of queue) {
        const claimed = !isDown;
        const loggedAt = parts.now();
        if (!(await parts.log.begin(id, data, claimed, loggedAt))) continue;
        const delivery: Delivery = claimed
          ? await deliver({ id, data, attempts: 0, loggedAt }, parts)
          : { id, data, status: 'pending', attempts: 0, sentAtMs: undefined };
        isDown ||= delivery.status !== 'sent';
        deliveries.push(delivery);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, sendQueues));
  return deliveries;
}

/** Sends what has waited long enough, until the receiver fails one. */
export async function deliverDue(
  due: readonly LoggedAlert[],
  parts: DeliveryParts,
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for (const alert of due) {
    if (!(await parts.log.claim(alert.id, parts.now()))) continue;
    const delivery = await deliver(alert, parts);
    deliveries.push(delivery);
    if (delivery.status === 'pending') break;
  }
  return deliveries;
}
