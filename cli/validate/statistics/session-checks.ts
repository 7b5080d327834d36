import { z } from 'zod';
import { abandonedCartDataSchema } from '../../../shared/events/abandoned-cart.ts';
import { sessionDataSchema } from '../../../shared/events/session.ts';
import { readGenerations } from '../../../shared/jobs/generations.ts';
import { runSql } from '../../../shared/lake/run-sql.ts';
import { resultKey, resultPartition } from '../../../shared/stream/state/layout.ts';
import { findJob } from '../../jobs/declared-jobs.ts';
import { reportJobs } from '../../jobs/list-jobs.ts';
import type { Span } from '../../replay/lake-queries.ts';
import { type Check, counted, fault, notChecked, type Outcome, ok, shown } from '../check.ts';
import { settled } from '../settled.ts';
import { differenceOf, type Figures, figuresOf } from './figures.ts';
import { abandonedCartsSql, sessionsSql } from './visits-sql.ts';
import type { StatisticsPlace } from './windowed-checks.ts';

/** How far back sessions are looked at. */
const lookedAtMs = 6 * 3_600_000;

interface Sessions {
  readonly job: string;
  readonly gapMs: number;
  readonly sql: (span: Span, gapMs: number) => string;
  readonly told: (data: unknown) => { readonly who: string; readonly figures: Figures };
}

/** Of each job over sessions: those that have ended are the ones that the facts of the lake make. */
export function sessionChecks(place: StatisticsPlace): readonly Check[] {
  const { sessionGapMs, cartAbandonedAfterMs } = place.cloud.settings;
  const kinds: readonly Sessions[] = [
    { job: 'sessions', gapMs: sessionGapMs, sql: sessionsSql, told: toldSession },
    { job: 'abandoned-carts', gapMs: cartAbandonedAfterMs, sql: abandonedCartsSql, told: toldCart },
  ];
  return kinds.map((kind) => ({
    area: 'results',
    name: `${kind.job}: they are those of the lake`,
    run: () => settled(() => sessionsAgree(place, kind)),
  }));
}

function toldSession(data: unknown) {
  const told = sessionDataSchema.parse(data);
  const { visitor: who, events, clicks, viewed, carted, orders } = told;
  const figures = figuresOf('', {
    ...{ events, clicks, views: viewed.clicks, carts: carted.clicks, orders },
    ...{ ordered: told.orderedCents, paid: told.paidCents },
  });
  return { who, figures };
}

function toldCart(data: unknown) {
  const { visitor: who, productsLeft } = abandonedCartDataSchema.parse(data);
  return { who, figures: figuresOf('', { products_left: productsLeft }) };
}

async function sessionsAgree(place: StatisticsPlace, kind: Sessions): Promise<Outcome> {
  const { cloud, settledMs } = place;
  const declared = findJob(kind.job, cloud.settings);
  const [report] = await reportJobs(cloud, [declared]);
  const passedMs = report?.watermarkMs;
  if (passedMs == null) return notChecked('the job has closed nothing yet');
  const toMs = Math.min(settledMs, passedMs);
  // What begins right after the first facts that are read may go on from before them.
  const span = { fromMs: Math.max(0, toMs - lookedAtMs), toMs };
  const fromMs = span.fromMs === 0 ? 0 : span.fromMs + kind.gapMs;
  const isIn = ({ startMs, endMs }: { startMs: number; endMs: number }): boolean =>
    startMs >= fromMs && endMs <= toMs;

  const { live } = await readGenerations(cloud.store, declared);
  const told = await toldSessions(place, { name: kind.job, generation: live }, kind, span, isIn);
  const there = await sessionsOfLake(place, kind, span, isIn);
  const names = [...new Set([...there.keys(), ...told.keys()])].sort();
  const faults = names.flatMap((name) => {
    const [figures, ofLake] = [told.get(name), there.get(name)];
    if (figures && ofLake) {
      const difference = differenceOf(figures, ofLake);
      return difference === undefined ? [] : [`${name}: ${difference}`];
    }
    return [`${name}: ${figures ? 'the lake has nothing there' : 'not told'}`];
  });
  if (faults.length > 0) {
    const late = report?.counts.late ?? 0;
    const hint = late > 0 ? `; ${counted(late, 'event')} came too late to be counted` : '';
    return fault(`${counted(faults.length, 'session')} of ${names.length}${hint}`, [
      ...faults.slice(0, shown),
    ]);
  }
  return names.length === 0
    ? notChecked('none has ended yet')
    : ok(counted(names.length, 'session'));
}

const toldRow = z.object({
  startMs: z.number(),
  endMs: z.number(),
  data: z.string().transform((text): unknown => JSON.parse(text)),
});

type InSpan = (session: { readonly startMs: number; readonly endMs: number }) => boolean;

async function toldSessions(
  { cloud }: StatisticsPlace,
  run: { readonly name: string; readonly generation: number },
  { told }: Sessions,
  { fromMs, toMs }: Span,
  isIn: InSpan,
): Promise<ReadonlyMap<string, Figures>> {
  const items = await cloud.store.query(resultPartition(run), {
    from: resultKey(run, fromMs).sk,
    to: resultKey(run, toMs).sk,
  });
  const rows = items.map(({ attributes }) => toldRow.parse(attributes)).filter(isIn);
  return new Map(
    rows.map(({ startMs, data }) => {
      const { who, figures } = told(data);
      return [nameOf(startMs, who), figures];
    }),
  );
}

async function sessionsOfLake(
  { lake: { client, ...place } }: StatisticsPlace,
  { sql, gapMs }: Sessions,
  span: Span,
  isIn: InSpan,
): Promise<ReadonlyMap<string, Figures>> {
  const { columns, rows } = await runSql(client, sql(span, gapMs), place);
  const figures = new Map<string, Figures>();
  for (const [start, end, who = '', , ...values] of rows) {
    if (!isIn({ startMs: Number(start), endMs: Number(end) })) continue;
    const named = values.map((value, index) => [
      columns[index + 4]?.name ?? '',
      Number(value ?? 0),
    ]);
    figures.set(nameOf(Number(start), who ?? ''), Object.fromEntries(named));
  }
  return figures;
}

function nameOf(startMs: number, who: string): string {
  return `${new Date(startMs).toISOString()} ${who.slice(0, 16)}`;
}
