import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Job } from '../../../../shared/stream/job.ts';
import type { Row } from '../../../fixtures/duckdb.ts';
import { type Dealing, type Outcome, playLog } from '../../../fixtures/event-log.ts';
import { outOfOrderMs, type ShopLog } from '../../../fixtures/shop-log.ts';
import { type Logged, stepsOf } from '../../../fixtures/timed-steps.ts';

/** A job, and the SQL that says what it must tell. */
export interface Query {
  readonly name: string;
  /** Over the tables registration, order_change, item and product. */
  readonly sql: string;
  /** The rows that the engine makes of the log. */
  run(log: ShopLog, dealing: Dealing<unknown>): Promise<Row[]>;
}

interface Declaration<Event> {
  /** Names the SQL file too. */
  readonly name: string;
  readonly job: Job<Event>;
  events(log: ShopLog): readonly Logged<Event>[];
  rows(outcome: Outcome): Row[];
}

/** Declares a query. */
export function query<Event>({ name, job, events, rows }: Declaration<Event>): Query {
  return {
    name,
    sql: readFileSync(join(import.meta.dirname, `${name}.sql`), 'utf8'),
    run: async (log, dealing) =>
      rows(await playLog(job, stepsOf(events(log), 5 * minuteMs), dealing)),
  };
}

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

/** What the jobs of all queries have in common. */
export const inTime = {
  generation: 1,
  watermarkDelayMs: outOfOrderMs,
  allowedLatenessMs: 0,
  maxFutureMs: Number.MAX_SAFE_INTEGER,
  eventTimeMs: ({ timeMs }: { readonly timeMs: number }) => timeMs,
};

const rowSchema = z.record(z.string(), z.unknown());

/** The job's results, each with the start of its window: a list of rows each. */
export function windowRows({ results }: Outcome): Row[] {
  return results.flatMap(({ window: { startMs }, data }) =>
    z
      .array(rowSchema)
      .parse(data)
      .map((row) => ({ startMs, ...row })),
  );
}

/** What the job's emissions say, a row each. */
export function emissionRows({ emissions }: Outcome): Row[] {
  return emissions.map(({ data }) => rowSchema.parse(data));
}
