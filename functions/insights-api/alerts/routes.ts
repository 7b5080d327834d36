import { z } from 'zod';
import type { LoggedAlert } from '../../../shared/alerts/alert-log.ts';
import { entityKey } from '../../../shared/alerts/entity.ts';
import { acknowledgeKind, type Lane, snoozeKind } from '../../../shared/alerts/lane.ts';
import { type Context, type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { alertStatuses, alertView, viewOf } from './alert-view.ts';
import { alertsOfDay } from './alerts-by-day.ts';
import { instantAhead, readInstantAhead } from './instant-ahead.ts';
import type { AlertsParts } from './parts.ts';
import { pathId } from './path-id.ts';

const readers = ['analyst', 'operator'] as const;
const tag = 'alerts';
const text = z.string().min(1).max(300);
const alertId = z.object({ id: pathId });
const limit = z
  .string()
  .regex(/^(?:[1-9]\d?|100)$/, 'Must be a whole number from 1 to 100')
  .transform(Number)
  .default(20);
const listParameters = z.strictObject({
  day: z.iso
    .date('Must be a day: 2026-03-01')
    .optional()
    .meta({ description: 'UTC, of what caused the alerts; today without.' }),
  kind: text.optional(),
  severity: z
    .enum(['info', 'warning', 'critical'], 'Must be one of info, warning, critical')
    .optional(),
  status: z.enum(alertStatuses, `Must be one of ${alertStatuses.join(', ')}`).optional(),
  entity: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .meta({ description: 'What they are about: kind|id, as customer|7.' }),
  limit,
  cursor: z.string().max(2_000).optional(),
});
const page = z.object({ alerts: z.array(alertView), nextCursor: z.string().nullable() });
const snoozeBody = z.strictObject({ until: instantAhead });
const answers = { 200: { description: 'The alert as it stands now.', schema: alertView } };
const problems = { 404: 'No such alert in the last ninety days.' };

/** The log of alerts, and what operators do about one. */
export function alertRoutes(parts: AlertsParts): readonly Endpoint[] {
  const { client, table, log, lanes } = parts;
  const view = (alert: LoggedAlert) => viewOf(alert, (id) => log.read(id));

  async function find(id: string): Promise<LoggedAlert> {
    const alert = await log.read(id);
    if (alert) return alert;
    throw new Refusal(404, 'No such alert', { detail: 'GET /alerts lists those of a day.' });
  }

  /** Notes what someone did, and changes the lanes in which more of its kind would come. */
  async function handle(
    id: string,
    { event, caller }: Context,
    field: 'acknowledged' | 'snoozed',
    more: Readonly<Record<string, number>>,
    change: (lane: Lane, kind: string, nowMs: number) => Lane,
  ) {
    const { data, deliveries } = await find(id);
    const atMs = event.requestContext.timeEpoch;
    await log.noteHandling(id, field, { by: caller.subject ?? caller.role, atMs, ...more });
    for (const target of Object.keys(deliveries)) {
      const key = { target, entity: entityKey(data) };
      await lanes.change(key, (lane) => change(lane, data.rule, atMs), atMs);
    }
    return { status: 200, body: await view(await find(id)) };
  }

  return [
    endpoint({
      method: 'GET',
      path: '/alerts',
      tag,
      summary: 'Alerts of a day, page by page, the newest first',
      access: readers,
      request: z.object({ query: listParameters }),
      answers: { 200: { description: 'A page; with filters it may be short.', schema: page } },
      async handle({ query }, { event }) {
        const today = new Date(event.requestContext.timeEpoch).toISOString().slice(0, 10);
        const { day = today, status, limit: limitMax, ...filters } = query;
        // Many alerts of a page are told in the same message.
        const messages = new Map<string, Promise<LoggedAlert | undefined>>();
        const messageOf = (id: string) => {
          const message = messages.get(id) ?? log.read(id);
          messages.set(id, message);
          return message;
        };
        const fits = async (alert: LoggedAlert) => {
          const seen = await viewOf(alert, messageOf);
          return status === undefined || seen.status === status ? seen : undefined;
        };
        const asked = { day, ...filters };
        const { items, nextCursor } = await alertsOfDay(client, table, asked, limitMax, fits);
        return { status: 200, body: { alerts: items, nextCursor } };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/alerts/{id}',
      tag,
      summary: 'One alert: what, why, how sure, and what became of it at each target',
      access: readers,
      conditional: true,
      request: z.object({ params: alertId }),
      answers,
      problems,
      handle: async ({ params }) => ({ status: 200, body: await view(await find(params.id)) }),
    }),
    endpoint({
      method: 'POST',
      path: '/alerts/{id}/acknowledgement',
      tag,
      summary: 'Someone knows: more of its kind about the same wait until they have ended',
      access: ['operator'],
      request: z.object({ params: alertId }),
      answers,
      problems,
      handle: ({ params }, context) =>
        handle(params.id, context, 'acknowledged', {}, acknowledgeKind),
    }),
    endpoint({
      method: 'POST',
      path: '/alerts/{id}/snooze',
      tag,
      summary: 'More of its kind about the same wait until then, and are told in one message',
      access: ['operator'],
      request: z.object({ params: alertId, body: snoozeBody }),
      answers,
      problems,
      handle({ params, body }, context) {
        const untilMs = readInstantAhead(body.until, context.event.requestContext.timeEpoch);
        return handle(params.id, context, 'snoozed', { untilMs }, (lane, kind, nowMs) =>
          snoozeKind(lane, kind, untilMs, nowMs),
        );
      },
    }),
  ];
}
