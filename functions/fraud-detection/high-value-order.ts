import { shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import { ruleJob } from '../../shared/stream/job.ts';

const name = 'high-value-order';
/** From so many times the threshold an order is critical. */
const criticalFrom = 2;

/** An order of at least a set value is worth a look before it is shipped: one alert per order. */
export function highValueOrder(settings: Settings) {
  const thresholdCents = settings.highOrderValueCents;
  return ruleJob([shopFacts(['order'], settings.changeTickSettleMs)], {
    name,
    generation: 1,
    eventTimeMs: (order) => order.orderedAtMs,
    watermarkDelayMs: settings.orderWatermarkDelayMs,
    allowedLatenessMs: settings.orderAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    evaluate: (order) => {
      if (order.totalCents < thresholdCents) return [];
      const data: AlertData = {
        rule: name,
        ruleVersion: 1,
        severity: order.totalCents >= criticalFrom * thresholdCents ? 'critical' : 'warning',
        title: 'High-value order',
        reason: `Order ${order.orderId} is worth ${amount(order.totalCents)}; the threshold is ${amount(thresholdCents)}`,
        orderId: order.orderId,
        customerId: order.customerId,
        totalCents: order.totalCents,
        atMs: order.orderedAtMs,
        ...(order.committedAtMs !== undefined && { committedAtMs: order.committedAtMs }),
      };
      const id = `${name}|${order.orderId}`;
      return [{ id, entity: order.customerId, type: 'alert', revision: 1, data }];
    },
  });
}

function amount(cents: number): string {
  return (cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
}
