import type { Layout } from '../layout.ts';
import { type DistinctRead, valuesOf } from './columns.ts';
import { nextToOthers } from './entity-windows.ts';

/**
 * How many different values there are in a window is a running sum: one more when a value enters it,
 * one less when it leaves. The events, with what each adds, and for each value that leaves a window a
 * row at the instant at which it does, ahead of all else of that instant; it has no source, so
 * nothing but the sum sees it.
 *
 * @returns CTEs, of which the last is named `<table>_4`; the first reads `<table>_1`.
 */
export function departureSql(
  table: string,
  layout: Layout,
  distincts: readonly DistinctRead[],
  fields: readonly string[],
): readonly string[] {
  const neighbours = layout.values.flatMap((_track, index) => {
    const over = nextToOthers(`y${index}`);
    return [`lag(at_ms) ${over} AS yp${index}`, `lead(at_ms) ${over} AS yn${index}`];
  });
  const columns = [
    'CASE WHEN part = 0 THEN src END AS src',
    'CASE WHEN part = 0 THEN rank ELSE -1 END AS rank',
    "CASE WHEN part = 0 THEN id ELSE '' END AS id",
    `CASE part ${distincts.map((read, index) => `WHEN ${index + 1} THEN ${leavesAt(read)}`).join(' ')} ELSE at_ms END AS at_ms`,
    'k',
    ...fields,
    ...distincts.map(
      (read, index) =>
        `CASE WHEN part = 0 AND ${enters(read)} THEN 1 WHEN part = ${index + 1} THEN -1 END AS ${read.column}`,
    ),
  ];
  const parts = Array.from({ length: distincts.length + 1 }, (_, index) => index);
  const isThere = distincts.map((read, index) => `part = ${index + 1} AND ${leaves(read)}`);
  return [
    `${table}_2 AS (\nSELECT *, ${valuesOf(layout).join(', ')} FROM ${table}_1\n)`,
    `${table}_3 AS (\nSELECT *, ${neighbours.join(', ')} FROM ${table}_2\n)`,
    [
      `${table}_4 AS (`,
      `SELECT ${columns.join(',\n  ')}`,
      `FROM ${table}_3 CROSS JOIN UNNEST(ARRAY[${parts.join(', ')}]) AS parts (part)`,
      `WHERE part = 0 OR ${isThere.join(' OR ')}`,
      ')',
    ].join('\n'),
  ];
}

/** The instant at which the last step that holds the event leaves the window. */
function leavesAt({ stepMs, steps }: DistinctRead): string {
  return `(at_ms / ${stepMs} + ${steps}) * ${stepMs}`;
}

/** Unless the value has come again by then. */
function leaves({ track, stepMs, steps }: DistinctRead): string {
  return `y${track} IS NOT NULL AND coalesce(yn${track} / ${stepMs} - at_ms / ${stepMs} >= ${steps}, true)`;
}

/** Unless the value is in the window already. */
function enters({ track, stepMs, steps }: DistinctRead): string {
  return `y${track} IS NOT NULL AND coalesce(at_ms / ${stepMs} - yp${track} / ${stepMs} >= ${steps}, true)`;
}
