import type { FeatureSetDeclaration, SeriesFeature } from '../feature.ts';
import { cellWindows, type Layout, memoryTrackOf, valueTrackOf } from '../layout.ts';
import { featureWindows, stepsOf } from '../windows.ts';
import { addendSql, entityColumn, fieldColumn, quoted, sourceTable, whereSql } from './text.ts';

/**
 * All points of one kind of entity with what its features are made of, as CTEs of which the last has
 * the name {@link entityTable}.
 *
 * The events of the entity lie in one row of time, and every window is a window function over it: the
 * steps before the point's as a RANGE of steps, the point's own step as the ROWS up to the point. How
 * many different values there are is a running sum: one more when a value enters the window, one less
 * at the instant at which it leaves it; for the latter a row is put in, ahead of all others of then.
 */
export function entitySql(
  { sources, features, points, memoryMs }: FeatureSetDeclaration,
  layout: Layout,
): readonly string[] {
  const table = entityTable(layout.kind);
  const read = readsOf(
    layout,
    features.filter(
      (each): each is SeriesFeature => 'entity' in each && each.entity === layout.kind,
    ),
  );
  const tracks = [...layout.buckets, ...layout.values, ...layout.memories];
  const inputs = inputsOf(layout);
  const branches = Object.keys(sources).flatMap((source, rank) => {
    const isPoint = points.includes(source);
    const has = sources[source]?.entities.includes(layout.kind);
    if (!has || !(isPoint || tracks.some((track) => track.source === source))) return [];
    const columns = inputs.map((input) => {
      const value = input.source === source ? input.expression : `CAST(NULL AS ${input.type})`;
      return `${value} AS ${input.column}`;
    });
    const entity = entityColumn(layout.kind);
    return [
      `SELECT ${quoted(source)} AS src, ${rank} AS rank, id, at_ms, ${entity} AS k${columns.map((column) => `, ${column}`).join('')} FROM ${sourceTable(source)} WHERE ${entity} IS NOT NULL`,
    ];
  });
  const parts = [`${table}_1 AS (\n${branches.join('\nUNION ALL\n')}\n)`];
  let last = `${table}_1`;

  if (read.distincts.length > 0) {
    const neighbours = layout.values.flatMap((_track, index) => {
      const over = `OVER (PARTITION BY k, y${index} ORDER BY ${inOrder})`;
      return [`lag(at_ms) ${over} AS yp${index}`, `lead(at_ms) ${over} AS yn${index}`];
    });
    parts.push(`${table}_2 AS (\nSELECT *, ${neighbours.join(', ')} FROM ${last}\n)`);
    parts.push(
      withDepartures(
        table,
        read.distincts,
        inputs.filter(({ column }) => !column.startsWith('y')).map(({ column }) => column),
      ),
    );
    last = `${table}_3`;
  }

  const before = layout.memories.map(
    (_track, index) => `max(m${index}) OVER (${untilBefore}) AS p${index}`,
  );
  const lastValues = layout.memories.flatMap(({ field }, index) =>
    field === undefined
      ? []
      : [`last_value(mv${index}) IGNORE NULLS OVER (${untilBefore}) AS pv${index}`],
  );
  const windows = read.windows.map(({ column, of, input, stepMs, steps }) => {
    const within = `${of}(${input}) OVER (PARTITION BY k, at_ms / ${stepMs} ORDER BY ${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
    if (steps === 1) return `${of === 'sum' ? `coalesce(${within}, 0)` : within} AS ${column}`;
    const earlier = `${of}(${input}) OVER (PARTITION BY k ORDER BY at_ms / ${stepMs} RANGE BETWEEN ${steps - 1} PRECEDING AND 1 PRECEDING)`;
    if (of === 'sum') return `coalesce(${earlier}, 0) + coalesce(${within}, 0) AS ${column}`;
    const pick = of === 'max' ? 'greatest' : 'least';
    return `coalesce(${pick}(${earlier}, ${within}), ${earlier}, ${within}) AS ${column}`;
  });
  const distincts = read.distincts.map(
    ({ column }) => `coalesce(sum(${column}) OVER (${untilNow}), 0) AS ${column}_n`,
  );
  const computed = [...windows, ...distincts, ...before, ...lastValues];
  parts.push(
    `${table}_4 AS (\nSELECT src, id, rank, at_ms, k${layout.memories.map((_track, index) => `, m${index}`).join('')}${computed.map((column) => `,\n  ${column}`).join('')}\nFROM ${last}\n)`,
  );
  const firsts = layout.memories.map((_track, index) => {
    const begins = `m${index} IS NOT NULL AND (p${index} IS NULL OR m${index} - p${index} > ${memoryMs})`;
    return `max(CASE WHEN ${begins} THEN m${index} END) OVER (${untilNow}) AS f${index}`;
  });
  parts.push(
    `${table}_5 AS (\nSELECT *${firsts.map((column) => `,\n  ${column}`).join('')}\nFROM ${table}_4\n)`,
  );
  parts.push(
    `${table} AS (\nSELECT * FROM ${table}_5 WHERE src IN (${points.map(quoted).join(', ')})\n)`,
  );
  return parts;
}

/** The name of an entity's points among the CTEs. */
export function entityTable(kind: string): string {
  return entityColumn(kind).replace('e_', 'k_');
}

const inOrder = 'at_ms, rank, length(id), id';
const untilBefore = `PARTITION BY k ORDER BY ${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING`;
const untilNow = `PARTITION BY k ORDER BY ${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`;

interface Input {
  readonly source: string;
  readonly column: string;
  readonly type: 'bigint' | 'varchar';
  readonly expression: string;
}

/** What the events bring along: addends of cells, values to be told apart, times and last values. */
function inputsOf({ buckets, values, memories }: Layout): readonly Input[] {
  const cells = buckets.flatMap(({ source, cells: ofTrack }, track) =>
    ofTrack.map(
      (cell, index): Input => ({
        source,
        column: `x${track}_${index}`,
        type: 'bigint',
        expression: addendSql(cell),
      }),
    ),
  );
  const told = values.map(
    ({ source, field, where }, index): Input => ({
      source,
      column: `y${index}`,
      type: 'varchar',
      expression: whereSql(where, `CAST(${fieldColumn(field)} AS varchar)`),
    }),
  );
  const kept = memories.flatMap(({ source, field, where }, index): Input[] => {
    const time = whereSql(where, 'at_ms');
    if (field === undefined)
      return [{ source, column: `m${index}`, type: 'bigint', expression: time }];
    const value = whereSql(where, `CAST(${fieldColumn(field)} AS varchar)`);
    return [
      {
        source,
        column: `m${index}`,
        type: 'bigint',
        expression: `CASE WHEN ${value} IS NOT NULL THEN at_ms END`,
      },
      { source, column: `mv${index}`, type: 'varchar', expression: value },
    ];
  });
  return [...cells, ...told, ...kept];
}

interface WindowRead {
  readonly column: string;
  readonly of: 'sum' | 'max' | 'min';
  readonly input: string;
  readonly stepMs: number;
  readonly steps: number;
}

interface DistinctRead {
  readonly column: string;
  readonly track: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** What the features of an entity read, each once. */
function readsOf(layout: Layout, features: readonly SeriesFeature[]) {
  const windows = new Map<string, WindowRead>();
  const distincts = new Map<string, DistinctRead>();
  for (const feature of features) {
    if (!('window' in feature)) continue;
    const { stepMs } = featureWindows[feature.window];
    if (feature.of === 'distinct') {
      const steps = stepsOf(featureWindows[feature.window]);
      const track = valueTrackOf(layout, feature);
      const column = distinctColumn(layout, feature);
      distincts.set(column, { column, track, stepMs, steps });
      continue;
    }
    for (const { track, cell, steps } of cellWindows(layout, feature)) {
      const of = layout.buckets[track]?.cells[cell]?.of ?? 'sum';
      const column = windowColumn(track, cell, steps);
      windows.set(column, {
        column,
        of: of === 'max' || of === 'min' ? of : 'sum',
        input: `x${track}_${cell}`,
        stepMs,
        steps,
      });
    }
  }
  return { windows: [...windows.values()], distincts: [...distincts.values()] };
}

/** The column of a window of a cell. */
export function windowColumn(track: number, cell: number, steps: number): string {
  return `w${track}_${cell}_${steps}`;
}

/** The column in which a feature's different values are counted. */
export function distinctColumn(
  layout: Layout,
  feature: Extract<SeriesFeature, { of: 'distinct' }>,
): string {
  return `d${valueTrackOf(layout, feature)}_${feature.window}`;
}

/** The column of what a feature remembers: `m`, its time, `p`, the time before, `pv`, the value then, `f`, the first time. */
export function memoryColumn(
  layout: Layout,
  feature: Extract<SeriesFeature, { of: 'sinceFirst' | 'sinceLast' | 'differs' }>,
  what: 'm' | 'p' | 'pv' | 'f',
): string {
  return `${what}${memoryTrackOf(layout, feature)}`;
}

/** The events, and for each value that leaves a window a row at the instant at which it does. */
function withDepartures(
  table: string,
  distincts: readonly DistinctRead[],
  columns: readonly string[],
): string {
  const stepOf = (time: string, { stepMs }: DistinctRead) => `${time} / ${stepMs}`;
  const leavesAt = (read: DistinctRead) =>
    `(${stepOf('at_ms', read)} + ${read.steps}) * ${read.stepMs}`;
  const leaves = (read: DistinctRead) =>
    `y${read.track} IS NOT NULL AND (yn${read.track} IS NULL OR ${stepOf(`yn${read.track}`, read)} - ${stepOf('at_ms', read)} >= ${read.steps})`;
  const enters = (read: DistinctRead) =>
    `y${read.track} IS NOT NULL AND (yp${read.track} IS NULL OR ${stepOf('at_ms', read)} - ${stepOf(`yp${read.track}`, read)} >= ${read.steps})`;
  const cases = (value: (read: DistinctRead, index: number) => string, otherwise: string) =>
    `CASE part ${distincts.map((read, index) => `WHEN ${index + 1} THEN ${value(read, index)}`).join(' ')} ELSE ${otherwise} END`;
  const ofEvent = (column: string) => `CASE WHEN part = 0 THEN ${column} END AS ${column}`;
  const selected = [
    ofEvent('src'),
    'CASE WHEN part = 0 THEN rank ELSE -1 END AS rank',
    ofEvent('id').replace('END', "ELSE '' END"),
    `${cases(leavesAt, 'at_ms')} AS at_ms`,
    'k',
    ...columns.map(ofEvent),
    ...distincts.map(
      (read, index) =>
        `CASE WHEN part = 0 AND ${enters(read)} THEN 1 WHEN part = ${index + 1} THEN -1 END AS ${read.column}`,
    ),
  ];
  const parts = Array.from({ length: distincts.length + 1 }, (_, index) => index);
  return [
    `${table}_3 AS (`,
    `SELECT ${selected.join(',\n  ')}`,
    `FROM ${table}_2 CROSS JOIN UNNEST(ARRAY[${parts.join(', ')}]) AS parts (part)`,
    `WHERE part = 0${distincts.map((read, index) => ` OR (part = ${index + 1} AND ${leaves(read)})`).join('')}`,
    ')',
  ].join('\n');
}
