import type { ProblemField } from '../../shared/http/problem.ts';
import { type Cursor, decodeCursor } from './cursor.ts';
import { parseInstant } from './instant.ts';

const limitMax = 1000;
const limitDefault = 60;
/** Window starts are kept as 15 digits; this bound lies past every one of them. */
const endOfTimeMs = 1e15;

export interface StatisticsQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly cursor: Cursor | undefined;
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: StatisticsQuery }
  | { readonly ok: false; readonly errors: readonly ProblemField[] };

type Parameters = Readonly<Record<string, string | undefined>>;

const names = new Set(['from', 'to', 'limit', 'order', 'cursor']);

/** Reads the query string of a statistic and collects everything that is wrong with it. */
export function parseStatisticsQuery(parameters: Parameters): ParsedQuery {
  const errors: ProblemField[] = [];
  const refuse = (field: string, reason: string) => errors.push({ field, reason });

  /** Runs `read` on a parameter that is given; what it cannot read is refused with the reason. */
  function take<Value>(
    field: string,
    fallback: Value,
    reason: string,
    read: (text: string) => Value | undefined,
  ): Value {
    const text = parameters[field];
    if (text === undefined) return fallback;
    const value = read(text);
    if (value === undefined) refuse(field, `${reason}: received "${text}"`);
    return value ?? fallback;
  }

  for (const field of Object.keys(parameters)) {
    if (!names.has(field)) refuse(field, `is not a parameter; known are ${[...names].join(', ')}`);
  }
  const instantReason = 'must be an RFC 3339 time with offset or epoch milliseconds';
  const fromMs = take('from', 0, instantReason, parseInstant);
  const toMs = take('to', endOfTimeMs, instantReason, parseInstant);
  const limit = take(
    'limit',
    limitDefault,
    `must be a whole number from 1 to ${limitMax}`,
    toLimit,
  );
  const order = take<'asc' | 'desc'>('order', 'desc', 'must be asc or desc', toOrder);
  const cursor = take<Cursor | undefined>(
    'cursor',
    undefined,
    'must be the nextCursor of an earlier answer',
    decodeCursor,
  );
  if (errors.length === 0 && fromMs >= toMs) refuse('to', 'must lie after from');
  return errors.length > 0
    ? { ok: false, errors }
    : { ok: true, query: { fromMs, toMs: Math.min(toMs, endOfTimeMs), limit, order, cursor } };
}

function toLimit(text: string): number | undefined {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= limitMax ? value : undefined;
}

function toOrder(text: string): 'asc' | 'desc' | undefined {
  return text === 'asc' || text === 'desc' ? text : undefined;
}
