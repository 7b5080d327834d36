import { lakeDataSets } from '../../../shared/lake/data-sets.ts';
import { milliseconds } from '../../../shared/lake/facts-sql.ts';
import { factsIn, type Span } from '../../replay/lake-queries.ts';

/** Windows of one job, aligned to the epoch. */
export interface Windows {
  readonly sizeMs: number;
  readonly slideMs: number;
  /** All that lie whole in it. */
  readonly span: Span;
  /** So many places of rankings are looked at. */
  readonly places: number;
}

/**
 * The facts of a data set, each once for every window that it lies in, as a subquery: columns
 * `start_ms`, `at_ms` and those given.
 *
 * @param columns SQL by name.
 */
export function factsByWindow(
  dataSet: string,
  columns: Readonly<Record<string, string>>,
  { sizeMs, slideMs, span }: Omit<Windows, 'places'>,
): string {
  const at = `at_ms - at_ms % ${slideMs}`;
  const windows = Math.ceil(sizeMs / slideMs);
  const start = windows === 1 ? at : `${at} - step * ${slideMs}`;
  const steps = `CROSS JOIN UNNEST(sequence(0, ${windows - 1})) AS steps (step)`;
  return [
    `(SELECT * FROM (SELECT ${start} AS start_ms, facts.* FROM (${factRows(dataSet, columns, span)}) AS facts`,
    ...(windows === 1 ? [] : [steps]),
    `) AS all_windows WHERE start_ms >= ${span.fromMs} AND start_ms + ${sizeMs} > at_ms`,
    `AND start_ms + ${sizeMs} <= ${span.toMs})`,
  ].join('\n');
}

/** The facts of a data set in a span, each once, as jobs see them: rows as they were first. */
export function factRows(
  dataSet: string,
  columns: Readonly<Record<string, string>>,
  span: Span,
): string {
  const found = lakeDataSets.find(({ name }) => name === dataSet);
  if (!found) throw new TypeError(`Cannot read the lake: no such data set: received "${dataSet}"`);
  const named = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  return [
    `SELECT DISTINCT ${found.primaryKey} AS fact_id, ${milliseconds(found.partition.from)} AS at_ms,`,
    `  ${[...named, 'coalesce(is_backfill, false) AS is_history'].join(', ')}`,
    ...factsIn(found, span),
  ].join('\n');
}
