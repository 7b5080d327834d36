import { athenaClient } from '../../shared/lake/athena-client.ts';
import { factDataSets, type LakeDataSet } from '../../shared/lake/data-sets.ts';
import { lakeOfStage } from '../../shared/lake/lake-of-stage.ts';
import { runSql } from '../../shared/lake/run-sql.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { type LakeFact, lakeFact } from './lake-facts.ts';
import { backfillSql, daysSql, factsSql, identitiesSql, type Span } from './lake-queries.ts';

/** What is asked of the lake. */
export interface Lake {
  /** Facts of these streams in order of their time, copies left out, some days at a time. */
  facts(streams: readonly string[], span: Span): AsyncIterable<readonly LakeFact[]>;
  /** Identities of the facts of a data set whose time lies in a span. */
  identities(dataSet: LakeDataSet, span: Span): Promise<ReadonlySet<string>>;
  /**
   * How many facts were told later than they happened, by data set; of those with a key given, only
   * facts of that whole-numbered key and above.
   */
  backfill(fromKeys?: Readonly<Record<string, string>>): Promise<Readonly<Record<string, number>>>;
  close(): void;
}

const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;
/** About so many facts are held in memory at once. */
const factsMax = 20_000;
/** A day of more than that is read by the hour. */
const factsOfDayMax = 200_000;

/** The lake of a cloud, by Athena. */
export function openLake({ stage, url }: Pick<JobsCloud, 'stage' | 'url'>): Lake {
  const athena = athenaClient(url);
  const place = lakeOfStage(stage);
  const ask = async (sql: string) => (await runSql(athena, sql, place)).rows;

  async function read(dataSets: readonly LakeDataSet[], span: Span): Promise<LakeFact[]> {
    const facts: LakeFact[] = [];
    for (const dataSet of dataSets) {
      for (const row of await ask(factsSql(dataSet, span))) facts.push(lakeFact(dataSet, row));
    }
    return withoutCopies(facts);
  }

  return {
    async *facts(streams, span) {
      const dataSets = factDataSets.filter(({ stream }) => streams.includes(stream));
      const days = new Map<number, number>();
      for (const dataSet of dataSets) {
        for (const [day, facts] of await ask(daysSql(dataSet, span))) {
          const dayFromMs = Date.parse(String(day));
          days.set(dayFromMs, (days.get(dayFromMs) ?? 0) + Number(facts));
        }
      }
      for (const part of partsOf(days, span)) yield await read(dataSets, part);
    },
    async identities(dataSet, span) {
      const rows = await ask(identitiesSql(dataSet, span));
      return new Set(rows.map(([id]) => String(id)));
    },
    async backfill(fromKeys = {}) {
      const held: Record<string, number> = {};
      for (const dataSet of factDataSets) {
        const [row] = await ask(backfillSql(dataSet, fromKeys[dataSet.name]));
        held[dataSet.name] = Number(row?.[0] ?? 0);
      }
      return held;
    },
    close: () => athena.destroy(),
  };
}

/**
 * Cuts a span into parts that hold about {@link factsMax} facts, along the days that hold any.
 *
 * @param days facts by the beginning of their day.
 */
export function* partsOf(days: ReadonlyMap<number, number>, span: Span): Iterable<Span> {
  let open: { fromMs: number; toMs: number; facts: number } | undefined;
  for (const [fromMs, facts] of [...days].sort(([a], [b]) => a - b)) {
    const toMs = fromMs + dayMs;
    const isGreat = facts > factsOfDayMax;
    if (open && (isGreat || open.facts + facts > factsMax)) {
      yield* clipped(open, span);
      open = undefined;
    }
    if (isGreat) {
      for (let atMs = fromMs; atMs < toMs; atMs += hourMs) {
        yield* clipped({ fromMs: atMs, toMs: atMs + hourMs }, span);
      }
    } else {
      open = { fromMs: open?.fromMs ?? fromMs, toMs, facts: (open?.facts ?? 0) + facts };
    }
  }
  if (open) yield* clipped(open, span);
}

function* clipped({ fromMs, toMs }: Span, span: Span): Iterable<Span> {
  const part = { fromMs: Math.max(fromMs, span.fromMs), toMs: Math.min(toMs, span.toMs) };
  if (part.fromMs < part.toMs) yield part;
}

/** What happens first at one instant: what leads to an order, the order, what follows from it. */
const ranks = new Map(
  ['clicks', 'order_reviews', 'orders', 'order_items', 'order_adjustments', 'payments'].map(
    (name, rank) => [name, rank],
  ),
);

/** Whether one fact comes before another (negative) or after it, as the features of fraud have it. */
export function compareFacts(a: LakeFact, b: LakeFact): number {
  if (a.atMs !== b.atMs || a.id === b.id) return a.atMs - b.atMs;
  const rankOf = ({ id }: LakeFact) => ranks.get(id.slice(0, id.indexOf('|'))) ?? ranks.size;
  // Of two whole numbers the shorter is the lesser.
  const order = rankOf(a) - rankOf(b) || a.id.length - b.id.length;
  return order || (a.id < b.id ? -1 : 1);
}

/** In order of time; what landed twice is the same fact. */
function withoutCopies(facts: LakeFact[]): LakeFact[] {
  facts.sort(compareFacts);
  return facts.filter(({ atMs, id }, index) => {
    const before = facts[index - 1];
    return before?.atMs !== atMs || before.id !== id;
  });
}
