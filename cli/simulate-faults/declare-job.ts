import { type Accumulator, count, sum } from '../../shared/stream/accumulator.ts';
import {
  type ClosingEmission,
  type Job,
  ruleJob,
  sessionJob,
  windowedJob,
} from '../../shared/stream/job.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import type { Decoded, Source } from '../../shared/stream/source.ts';
import {
  session,
  sliding,
  tumbling,
  type WindowBounds,
  withLookback,
} from '../../shared/stream/window.ts';
import { declareKeyedJob } from './declare-keyed-job.ts';
import type { Plan, StreamName } from './plan.ts';
import type { Payload, SimulatedEvent } from './simulated-stream.ts';

/** One key of a result. The ids say which events are in it, and how often. */
export interface ResultRow {
  readonly key: string;
  readonly events: number;
  readonly amount: number;
  readonly ids: readonly string[];
  readonly filler: string;
}

/** Events that the engine has counted carry their ids through every sum. */
const idsOf: Accumulator<SimulatedEvent, readonly string[], string[]> = {
  zero: () => [],
  add: (ids, { id }) => {
    ids.push(id);
    return ids;
  },
  merge: (ids, more) => {
    ids.push(...more);
    return ids;
  },
  value: (ids) => ids.toSorted(),
  pack: (ids) => ids.map((id) => `<${id}>`).join(''),
  unpack: (packed) => [...String(packed).matchAll(/<(.*?)>/g)].map(([, id]) => id ?? ''),
};

/** What makes rows of results wide. */
export const fillerText = 'x'.repeat(40_000);

/** Packs as this text, whatever is added. */
function constantly(text: string): Accumulator<SimulatedEvent, string, string> {
  return {
    zero: () => text,
    add: () => text,
    merge: () => text,
    value: () => text,
    pack: () => text,
    unpack: () => text,
  };
}

/** The ids of events in anything that the accumulators packed. */
export function idsIn(packed: string): string[] {
  return [...packed.matchAll(/<(.*?)>/g)].map(([, id]) => id ?? '');
}

/** How far ahead of its arrival an event may be, in units. */
export const futureMax = 4_000;

/** The job that a history runs. */
export function declareJob(plan: Plan, payloads: readonly Payload[]): Job<SimulatedEvent> {
  const ms = (units: number): number => units * plan.unitMs;
  const sources = plan.streams.map((stream) => sourceOf(stream, plan, payloads));
  const common = {
    name: 'simulated',
    generation: 1,
    eventTimeMs: (event: SimulatedEvent) => event.timeMs,
    watermarkDelayMs: ms(plan.bound),
    allowedLatenessMs: ms(plan.lateness),
    maxFutureMs: ms(futureMax),
  };
  const key = (event: SimulatedEvent): string => {
    if (event.hostile) throw new TypeError('the event has no key');
    return event.key;
  };
  const filler = plan.wide ? fillerText : '';
  const accumulators = {
    events: count(),
    amount: sum(amountOf),
    ids: idsOf,
    filler: constantly(filler),
  };
  const { size, slide } = plan.window;
  const window = size === slide ? tumbling(ms(size)) : sliding(ms(size), ms(slide));
  switch (plan.kind) {
    case 'windowed':
    case 'sliding':
      return windowedJob(sources, {
        ...common,
        key,
        window: plan.lookback === 0 ? window : withLookback(window, ms(plan.lookback)),
        accumulators,
        preliminaryEveryMs: plan.preliminary ? 0 : undefined,
        type: 'windows',
        result: (valuesByKey, _window, before) => [
          ...rowsOf(valuesByKey, ''),
          ...rowsOf(before, beforePrefix),
        ],
        ...(plan.alarms && { onClose: alarmsOf }),
      });
    case 'session':
      return sessionJob(sources, {
        ...common,
        key,
        window: session(ms(sessionGap)),
        accumulators,
        type: 'sessions',
        result: (found, values): ResultRow | undefined =>
          plan.silence && isSilent(values.amount) ? undefined : { key: found.key, ...values },
      });
    case 'rule':
      return ruleJob(sources, {
        ...common,
        evaluate: (event) => [
          {
            id: key(event) && event.id,
            entity: event.key,
            type: 'seen',
            revision: 1,
            data: event.amount,
          },
        ],
      });
    case 'keyed':
      return declareKeyedJob(plan, sources, common, key);
  }
}

/** Rows of what a window looks back at. */
export const beforePrefix = 'before ';

function rowsOf(
  valuesByKey: ReadonlyMap<string, Omit<ResultRow, 'key'>>,
  prefix: string,
): ResultRow[] {
  return [...valuesByKey]
    .map(([name, values]) => ({ key: `${prefix}${name}`, ...values }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Kind of what is said of closed windows, beside their results. */
export const alarmType = 'alarms';

/** What is said of a closed window: some results raise no alarm. */
export function alarmsOf(
  rows: readonly ResultRow[],
  { startMs }: WindowBounds,
): readonly ClosingEmission[] {
  const ids = rows.flatMap((row) => row.ids);
  if (ids.length % 3 === 0) return [];
  return [{ id: `alarm|${startMs}`, type: alarmType, entity: 'shop', data: ids }];
}

/** Whether a session has nothing to tell. */
export function isSilent(amount: number): boolean {
  return amount % 3 === 0;
}

/** Silence after which a session ends, in units. */
const sessionGap = 70;

function amountOf(event: SimulatedEvent): number {
  return event.amount;
}

function sourceOf(
  stream: StreamName,
  { tickSettle, unitMs }: Plan,
  payloads: readonly Payload[],
): Source<SimulatedEvent> {
  return {
    stream,
    tickSettleMs: stream === 'changes' ? tickSettle * unitMs : 0,
    decode: (records) => records.map((record) => decode(payloadOf(record, payloads))),
  };
}

/** What a record carries: its data is a number. */
export function payloadOf(
  { data }: Pick<StreamRecord, 'data'>,
  payloads: readonly Payload[],
): Payload {
  const index = new DataView(data.buffer, data.byteOffset).getUint32(0);
  const payload = payloads[index];
  if (!payload) throw new Error(`no payload has the number ${index}`);
  return payload;
}

function decode(payload: Payload): Decoded<SimulatedEvent> {
  switch (payload.kind) {
    case 'event': {
      const { event } = payload;
      return { kind: 'event', event, id: event.id, committedAtMs: undefined };
    }
    case 'tick':
      return payload;
    case 'load':
      return { kind: 'ignored' };
    case 'poison':
      return { kind: 'undecodable', reason: 'poison' };
  }
}
