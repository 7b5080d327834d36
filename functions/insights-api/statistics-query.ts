import { z } from 'zod';
import type { StatisticWindow } from '../../shared/statistics/statistic-window.ts';
import { instantForms, parseInstant } from '../../shared/time/parse-instant.ts';
import { type Cursor, decodeCursor } from './cursor.ts';

const limitMax = 1000;
const limitDefault = 60;
/** Window starts are kept as 15 digits; this bound lies past every one of them. */
const endOfTimeMs = 1e15;

function readText<Value>(reason: string, read: (text: string) => Value | undefined) {
  return z.string().transform((text, context): Value => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: reason });
    return z.NEVER;
  });
}

const instant = readText(`Must be ${instantForms}, or epoch milliseconds`, toInstantMs).meta({
  examples: ['2026-05-04', '2026-05-04T12:00:00Z'],
});

/** Which are asked for, of windows or sessions. */
function pageParameters(what: 'windows' | 'sessions') {
  const all = what === 'windows' ? 'Windows' : 'Sessions';
  return {
    from: instant.default(0).meta({ description: `${all} that begin then or later.` }),
    to: instant.default(endOfTimeMs).meta({ description: `${all} that begin before.` }),
    limit: readText(`Must be a whole number from 1 to ${limitMax}`, toLimit)
      .default(limitDefault)
      .meta({ description: `At most so many ${what}; ${limitDefault} where nothing is said.` }),
    order: z.enum(['asc', 'desc'], 'Must be asc or desc').default('desc'),
    cursor: readText('Must be the nextCursor of an earlier answer', decodeCursor).optional(),
  };
}

const isForward = ({ from, to }: { readonly from: number; readonly to: number }) => from < to;
const notForward = { path: ['to'], error: 'Must lie after from' };

/** The query parameters of a statistic with windows of these lengths: which are asked for. */
export function statisticsParameters(windows: readonly [StatisticWindow, ...StatisticWindow[]]) {
  const names = windows.map(({ name }) => name);
  return z
    .strictObject({
      window: z
        .enum(names, `Must be one of ${names.join(', ')}`)
        .default(windows[0].name)
        .meta({ description: 'Length of the windows.' }),
      ...pageParameters('windows'),
    })
    .refine(isForward, notForward);
}

/** The query parameters of what is told session by session. */
export const sessionParameters = z
  .strictObject(pageParameters('sessions'))
  .refine(isForward, notForward);

export interface StatisticsQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly cursor: Cursor | undefined;
}

/** The parameters as the table is asked. */
export function toStatisticsQuery({
  from,
  to,
  limit,
  order,
  cursor,
}: z.output<typeof sessionParameters>): StatisticsQuery {
  return { fromMs: from, toMs: Math.min(to, endOfTimeMs), limit, order, cursor };
}

/** Programs say milliseconds. Nothing is older than 1970. */
function toInstantMs(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const atMs = parseInstant(text);
  return atMs === undefined ? undefined : Math.max(0, atMs);
}

function toLimit(text: string): number | undefined {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= limitMax ? value : undefined;
}
