import { z } from 'zod';
import { type AlertView, alertView } from '../../functions/insights-api/alerts/alert-view.ts';
import { alignedLines } from '../aligned-lines.ts';
import { parseDurationMs } from '../duration.ts';

/** Asks the API; the path has no slash before it. */
export type AlertsCall = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
) => Promise<unknown>;

interface Asked {
  readonly call: AlertsCall;
  /** The argument behind the command. */
  readonly id: string | undefined;
  readonly options: {
    readonly day?: string | undefined;
    readonly kind?: string | undefined;
    readonly severity?: string | undefined;
    readonly status?: string | undefined;
    readonly entity?: string | undefined;
    readonly limit?: string | undefined;
    readonly for?: string | undefined;
    readonly reason?: string | undefined;
    readonly all?: boolean | undefined;
  };
  readonly nowMs: number;
}

interface Told {
  /** What the API said. */
  readonly answer: unknown;
  readonly lines: readonly string[];
}

const alertsPage = z.object({ alerts: z.array(alertView), nextCursor: z.string().nullable() });
const mute = z.object({
  id: z.string(),
  kind: z.string().nullable(),
  entity: z.string().nullable(),
  until: z.string(),
  by: z.string(),
  reason: z.string().nullable(),
});
const letter = z.object({
  id: z.string(),
  target: z.string(),
  alert: z.string(),
  count: z.int(),
  reason: z.string(),
  attempts: z.int(),
  givenUpAt: z.string(),
});
const letters = z.object({ messages: z.array(letter), nextCursor: z.string().nullable() });

/** The commands about alerts, by name. */
export const alertCommands: Readonly<Record<string, (asked: Asked) => Promise<Told>>> = {
  list,
  show: async ({ call, id }) => shown(await call('GET', `alerts/${part(id)}`)),
  ack: async ({ call, id }) => shown(await call('POST', `alerts/${part(id)}/acknowledgement`)),
  async snooze({ call, id, options, nowMs }) {
    const until = untilOf(options.for, nowMs);
    return shown(await call('POST', `alerts/${part(id)}/snooze`, { until }));
  },
  async mutes({ call }) {
    const answer = await call('GET', 'alert-mutes');
    const { mutes } = z.object({ mutes: z.array(mute) }).parse(answer);
    return { answer, lines: mutes.length === 0 ? ['Nothing is muted.'] : mutes.map(muteLine) };
  },
  async mute({ call, options, nowMs }) {
    const { kind, entity, reason } = options;
    const answer = await call('POST', 'alert-mutes', {
      ...(kind !== undefined && { kind }),
      ...(entity !== undefined && { entity }),
      ...(reason !== undefined && { reason }),
      until: untilOf(options.for, nowMs),
    });
    return { answer, lines: [muteLine(mute.parse(answer))] };
  },
  async unmute({ call, id }) {
    const answer = await call('DELETE', `alert-mutes/${part(id)}`);
    return { answer, lines: ['Its alerts are told again.'] };
  },
  async dead({ call }) {
    const messages = await allLetters(call);
    const none = messages.length === 0;
    const lines = none ? ['Every message reached its target.'] : messages.map(letterLine);
    return { answer: { messages }, lines };
  },
  replay,
};

async function list({ call, options }: Asked): Promise<Told> {
  const { day, kind, severity, status, entity, limit } = options;
  const given = Object.entries({ day, kind, severity, status, entity, limit });
  const query = new URLSearchParams(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const answer = await call('GET', `alerts?${query}`);
  const { alerts, nextCursor } = alertsPage.parse(answer);
  if (alerts.length === 0) return { answer, lines: ['No such alert that day.'] };
  const header = ['at', 'severity', 'status', 'kind', 'about', 'why', 'id'];
  const rows = alerts.map((alert) => [
    time(alert.at),
    alert.severity,
    alert.status,
    alert.kind,
    alert.entity,
    oneLine(alert.reason, 60),
    alert.id,
  ]);
  const more = nextCursor === null ? [] : ['', 'There are more: ask for more with --limit.'];
  return { answer, lines: [alignedLines([header, ...rows]), ...more] };
}

async function replay({ call, id, options }: Asked): Promise<Told> {
  if (!options.all) {
    const answer = await call('POST', `undelivered-alerts/${part(id)}/replay`);
    return { answer, lines: [`${letter.parse(answer).id} goes out within a minute.`] };
  }
  const answers: unknown[] = [];
  for (const message of await allLetters(call)) {
    answers.push(await call('POST', `undelivered-alerts/${part(message.id)}/replay`));
  }
  return { answer: answers, lines: [`${answers.length} go out within a minute.`] };
}

/** Page by page, whatever their number. */
async function allLetters(call: AlertsCall): Promise<readonly z.output<typeof letter>[]> {
  const all: z.output<typeof letter>[] = [];
  let query = 'limit=100';
  for (;;) {
    const { messages, nextCursor } = letters.parse(
      await call('GET', `undelivered-alerts?${query}`),
    );
    all.push(...messages);
    if (nextCursor === null) return all;
    query = `limit=100&cursor=${nextCursor}`;
  }
}

function shown(answer: unknown): Told {
  const alert: AlertView = alertView.parse(answer);
  const { confidence, confidenceBasis, window, acknowledged, snoozed } = alert;
  const sure = confidence === null ? 'not measured' : `${Math.round(confidence * 100)} %`;
  const rows = [
    ['id', alert.id],
    ['kind', `${alert.kind}, ${alert.severity}`],
    ['what', alert.title],
    ['why', alert.reason],
    ['how sure', [sure, confidenceBasis].filter((words) => words !== null).join(': ')],
    ['window', window ? `${window.start} to ${window.end}` : 'this event alone'],
    ['about', aboutWords(alert)],
    ['at', alert.at],
    ...alert.facts.map(({ name, value }) => [name, value]),
    ...alert.deliveries.map((delivery) => [`to ${delivery.target}`, deliveryWords(delivery)]),
    ...(acknowledged ? [['known to', `${acknowledged.by} since ${acknowledged.at}`]] : []),
    ...(snoozed ? [['snoozed by', `${snoozed.by} until ${snoozed.until}`]] : []),
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return { answer, lines: rows.map(([name = '', words]) => `${name.padEnd(width)}  ${words}`) };
}

function aboutWords({ entity, orderId, customerId }: AlertView): string {
  const order = orderId === null ? [] : [`order ${orderId}`];
  const customer = customerId === null ? [] : [`customer ${customerId}`];
  return [entity, ...order, ...customer].join(', ');
}

function deliveryWords(delivery: AlertView['deliveries'][number]): string {
  const { status, at, attempts, toldWith, heldUntil, tellsOf, reason } = delivery;
  return [
    `${status} ${at}`,
    heldUntil === null ? '' : `until ${heldUntil}`,
    attempts > 1 ? `${attempts} attempts` : '',
    tellsOf !== null && tellsOf > 1 ? `in one message of ${tellsOf}` : '',
    toldWith === null ? '' : `told with ${toldWith}`,
    reason ?? '',
  ]
    .filter((words) => words !== '')
    .join(', ');
}

function muteLine({ id, kind, entity, until, by, reason }: z.output<typeof mute>): string {
  const what = [kind, entity].filter((words) => words !== null).join(' about ');
  return `${id}  ${what} until ${until}, by ${by}${reason === null ? '' : `: ${reason}`}`;
}

function letterLine({ id, count, reason, attempts, givenUpAt }: z.output<typeof letter>): string {
  const alerts = count === 1 ? '' : `, ${count} alerts`;
  return `${id}  given up ${time(givenUpAt)} after ${attempts} attempts${alerts}: ${oneLine(reason, 100)}`;
}

/** An id as a part of a path. */
function part(id: string | undefined): string {
  if (id) return encodeURIComponent(id);
  throw new RangeError('Cannot tell which one: give its id: received nothing');
}

function untilOf(text: string | undefined, nowMs: number): string {
  if (text !== undefined) return new Date(nowMs + parseDurationMs(text)).toISOString();
  throw new RangeError('Cannot tell how long: say --for 2h: received nothing');
}

function time(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}

function oneLine(text: string, lengthMax: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`;
}
