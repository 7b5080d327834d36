import { z } from 'zod';
import type { AlertDelivery, LoggedAlert } from '../../../shared/alerts/alert-log.ts';
import { entityKey } from '../../../shared/alerts/entity.ts';

export const alertStatuses = ['pending', 'held', 'muted', 'sent', 'failed'] as const;
const instant = z.iso.datetime();
const handled = { by: z.string(), at: instant };

/** An alert and what has become of it, as the API tells it. */
export const alertView = z
  .object({
    id: z.string(),
    kind: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    status: z.enum(alertStatuses).meta({
      description:
        'sent also where another’s message told of it; held by a cooldown, a digest or a person; failed where one target gave it up',
    }),
    title: z.string(),
    reason: z.string(),
    at: instant,
    entity: z.string().meta({ description: 'What it is about: kind|id.' }),
    orderId: z.string().nullable().meta({ description: 'Null where no order caused it.' }),
    customerId: z.string().nullable(),
    totalCents: z.int().nullable(),
    confidence: z.number().nullable(),
    confidenceBasis: z.string().nullable(),
    window: z.object({ start: instant, end: instant }).nullable(),
    links: z.array(z.object({ title: z.string(), path: z.string() })),
    facts: z.array(z.object({ name: z.string(), value: z.string() })),
    loggedAt: instant,
    deliveries: z.array(
      z.object({
        target: z.string(),
        status: z.enum(alertStatuses),
        at: instant,
        attempts: z.int(),
        toldWith: z
          .string()
          .nullable()
          .meta({ description: 'The message it is told in, where that has the id of another.' }),
        heldUntil: instant.nullable(),
        tellsOf: z.int().nullable().meta({ description: 'How many alerts the message tells of.' }),
        reason: z.string().nullable(),
      }),
    ),
    acknowledged: z.object(handled).nullable(),
    snoozed: z.object({ ...handled, until: instant }).nullable(),
  })
  .meta({ description: 'An alert and what has become of it.' });

export type AlertView = z.output<typeof alertView>;
type DeliveryView = AlertView['deliveries'][number];

/**
 * @param messageOf the alert under whose id a message went, which tells whether it did.
 */
export async function viewOf(
  alert: LoggedAlert,
  messageOf: (id: string) => Promise<LoggedAlert | undefined>,
): Promise<AlertView> {
  const { id, data, loggedAt, acknowledged, snoozed } = alert;
  const deliveries: DeliveryView[] = [];
  for (const [target, delivery] of Object.entries(alert.deliveries)) {
    const { status, toldWith } = delivery;
    const followed = status === 'held' && toldWith !== undefined && toldWith !== id;
    const message = followed ? (await messageOf(toldWith))?.deliveries[target] : undefined;
    deliveries.push(deliveryView(target, delivery, message));
  }
  return {
    id,
    kind: data.rule,
    severity: data.severity,
    status: statusOf(deliveries),
    title: data.title,
    reason: data.reason,
    at: iso(data.atMs),
    entity: entityKey(data),
    orderId: data.orderId ?? null,
    customerId: data.customerId ?? null,
    totalCents: data.totalCents ?? null,
    confidence: data.confidence ?? null,
    confidenceBasis: data.confidenceBasis ?? null,
    window: data.window ? { start: iso(data.window.startMs), end: iso(data.window.endMs) } : null,
    links: data.links ?? [],
    facts: data.facts ?? [],
    loggedAt: iso(loggedAt),
    deliveries,
    acknowledged: acknowledged ? { by: acknowledged.by, at: iso(acknowledged.atMs) } : null,
    snoozed: snoozed
      ? { by: snoozed.by, at: iso(snoozed.atMs), until: iso(snoozed.untilMs) }
      : null,
  };
}

function deliveryView(
  target: string,
  own: AlertDelivery,
  message: AlertDelivery | undefined,
): DeliveryView {
  const isTold = message !== undefined && message.status !== 'held' && message.status !== 'new';
  const { status, atMs, attempts, count, reason } = isTold ? message : own;
  return {
    target,
    status: status === 'new' ? 'pending' : status,
    at: iso(atMs),
    attempts: attempts ?? 0,
    toldWith: own.toldWith ?? null,
    heldUntil: !isTold && own.untilMs !== undefined ? iso(own.untilMs) : null,
    tellsOf: count ?? null,
    reason: reason ?? null,
  };
}

/** What has gone worst says how the alert stands; what was told somewhere is not held. */
function statusOf(deliveries: readonly DeliveryView[]): AlertView['status'] {
  const order = ['failed', 'pending', 'sent', 'held', 'muted'] as const;
  return order.find((status) => deliveries.some((one) => one.status === status)) ?? 'pending';
}

export function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
