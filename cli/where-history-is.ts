import { type Place, placeArguments } from './options/place.ts';
import { learnCommand } from './replay/learn-command.ts';

/** A history that was told: from its first event to its last, as epoch milliseconds. */
export interface ToldHistory {
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether orders were told, or clicks, or both. */
  readonly kinds: readonly ('orders' | 'clicks')[];
  readonly isLearnt: boolean;
}

const HOUR_MS = 3_600_000;
const questions = {
  orders: {
    statistic: 'revenue',
    sql: 'select date(ordered_at) as day, count(*) as orders, sum(total) as total from orders where is_backfill group by 1 order by 1',
  },
  clicks: {
    statistic: 'most-viewed',
    sql: 'select date(occurred_at) as day, type, count(*) as clicks from clicks where is_backfill group by 1, 2 order by 1, 2',
  },
} as const;

/** The addresses and questions that show a history, for people to copy. */
export function whereHistoryIs(apiUrl: string, place: Place, told: ToldHistory): string {
  // Windows are found by their start: the hours of the first and the last event are asked for whole.
  const from = instantText(Math.floor(told.fromMs / HOUR_MS) * HOUR_MS);
  const to = instantText((Math.floor(told.toMs / HOUR_MS) + 1) * HOUR_MS);
  // A shop on the internet shows its figures to people with a token, unless it says otherwise.
  const bearer = place.aws
    ? ` -H "authorization: Bearer $(npm run -s token -- --role analyst${placeArguments(place)})"`
    : '';
  const results = told.kinds.map(
    (kind) =>
      `  curl${bearer} "${apiUrl}/statistics/${questions[kind].statistic}?from=${from}&to=${to}&order=asc"`,
  );
  const queries = told.kinds.map(
    (kind) => `  npm run query --${placeArguments(place)} "${questions[kind].sql}"`,
  );
  return [
    `This history is of ${from} to ${to}; the live page shows the present. See it:`,
    ...(told.isLearnt ? results : []),
    ...queries,
    ...(told.isLearnt ? [] : [learnText(place), 'and then:', ...results]),
  ].join('\n');
}

/** What is left to do where nobody waited for the jobs. */
function learnText(place: Place): string {
  return `The jobs do not know it yet. When the lake holds it:\n  ${learnCommand(place)}`;
}

function instantText(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}
