import {
  distinctMax,
  type Feature,
  type FeatureSetDeclaration,
  type SeriesFeature,
} from '../feature.ts';
import { cellsOf, cellWindows, type Layout } from '../layout.ts';
import { unitMs } from '../read-feature.ts';
import { trendSpans } from '../trend.ts';
import { distinctColumn, memoryColumn, windowColumn } from './columns.ts';
import { entitySql, entityTable } from './entity-sql.ts';
import {
  addendSql,
  entityColumn,
  equalsSql,
  fieldColumn,
  quoted,
  sourceTable,
  unitsSql,
} from './text.ts';

/** The points of which span; by default all there are. Events before the span count in any case. */
export interface SqlSpan {
  readonly fromMs?: number;
  readonly untilMs?: number;
}

/**
 * One row per point: `point_source`, `point_id`, `point_at_ms`, `point_<entity>` for the ids of its
 * entities, and a column per feature. Nothing that came after a point counts in its row.
 */
export function featureSql(
  declaration: FeatureSetDeclaration,
  layouts: readonly Layout[],
  { fromMs, untilMs }: SqlSpan,
): string {
  const { sources, features, points, memoryMs } = declaration;
  const kinds = [...new Set(points.flatMap((point) => sources[point]?.entities ?? []))];
  const fields = fieldsOf(features);
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const columns = [
    'p.src AS point_source',
    'p.id AS point_id',
    'p.at_ms AS point_at_ms',
    ...kinds.map(
      (kind) => `p.${entityColumn(kind)} AS ${entityColumn(kind).replace('e_', 'point_')}`,
    ),
    ...features.map((feature) => `${expressionOf(feature)} AS ${feature.name}`),
  ];
  const joins = layouts.map(({ kind }) => {
    const table = entityTable(kind);
    return `LEFT JOIN ${table} ON ${table}.src = p.src AND ${table}.id = p.id`;
  });
  const from = fromMs === undefined ? '' : `\nWHERE p.at_ms >= ${fromMs}`;
  return [
    'WITH',
    [
      ...Object.keys(sources).map((source) => sourceSql(source, untilMs)),
      ...layouts.flatMap((layout) => entitySql(declaration, layout)),
      `p AS (\n${points.map(pointSql).join('\nUNION ALL\n')}\n)`,
    ].join(',\n'),
    `SELECT ${columns.join(',\n  ')}\nFROM p\n${joins.join('\n')}${from}`,
  ].join('\n');

  function sourceSql(source: string, until: number | undefined): string {
    const { entities = [], values = {}, rows } = sources[source] ?? {};
    if (!rows)
      throw new RangeError(
        `Cannot write SQL: the source has no rows in the lake: received "${source}"`,
      );
    const selected = [
      `CAST(${rows.id} AS varchar) AS id`,
      `${rows.atMs} AS at_ms`,
      ...entities.map((kind) => `CAST(${rows.entities[kind]} AS varchar) AS ${entityColumn(kind)}`),
      ...Object.entries(values).map(
        ([field, type]) => `CAST(${rows.values[field]} AS ${type}) AS ${fieldColumn(field)}`,
      ),
    ];
    const all = `SELECT ${selected.join(', ')} FROM ${rows.from}`;
    // `from` may have conditions of its own.
    const rowsOf =
      until === undefined ? all : `SELECT * FROM (\n${all}\n) AS all_rows WHERE at_ms < ${until}`;
    return `${sourceTable(source)} AS (\n${rowsOf}\n)`;
  }

  function pointSql(point: string): string {
    const { entities = [], values = {} } = sources[point] ?? {};
    const entityColumns = kinds.map((kind) =>
      entities.includes(kind)
        ? entityColumn(kind)
        : `CAST(NULL AS varchar) AS ${entityColumn(kind)}`,
    );
    const fieldColumns = fields.map((field) => {
      const type = points
        .map((each) => sources[each]?.values[field])
        .find((each) => each !== undefined);
      return field in values
        ? fieldColumn(field)
        : `CAST(NULL AS ${type}) AS ${fieldColumn(field)}`;
    });
    return `SELECT ${quoted(point)} AS src, id, at_ms, ${[...entityColumns, ...fieldColumns].join(', ')} FROM ${sourceTable(point)}`;
  }

  function expressionOf(feature: Feature): string {
    if ('entity' in feature) {
      const layout = layouts.find(({ kind }) => kind === feature.entity);
      if (!layout)
        throw new RangeError(`Cannot write SQL of feature ${feature.name}: no entity has it`);
      return seriesSql(feature, layout, memoryMs);
    }
    switch (feature.of) {
      case 'value': {
        const column = `p.${fieldColumn(feature.field)}`;
        if (feature.equals === undefined) return column;
        return `CASE WHEN ${equalsSql(column, feature.equals)} THEN 1 WHEN ${column} IS NOT NULL THEN 0 END`;
      }
      case 'elapsed':
        return elapsedSql(`p.${fieldColumn(feature.field)}`, unitMs[feature.unit]);
      case 'hourOfDay':
        return amongSql(`p.at_ms % ${unitMs.day} / ${unitMs.hour}`, feature.among);
      case 'weekday':
        return amongSql(`(p.at_ms / ${unitMs.day} + 3) % 7`, feature.among);
      case 'ratio':
      case 'difference': {
        const [left, right] = [feature.left, feature.right].map((name) => {
          const of = byName.get(name);
          return of === undefined ? 'NULL' : `(${expressionOf(of)})`;
        });
        if (feature.of === 'difference') return `${left} - ${right}`;
        const [l, r] = [left, right].map((of) => `CAST(${of} AS double)`);
        const times = feature.times === undefined ? '' : ` * ${feature.times}`;
        return `${l}${times} / nullif(${r}, 0)`;
      }
      case 'trend': {
        const { stepMs, fullMs, beforeMs } = trendSpans(feature, features);
        const [late, all] = [feature.left, feature.right].map((name) => {
          const of = byName.get(name);
          return `CAST(${of === undefined ? 'NULL' : expressionOf(of)} AS double)`;
        });
        const lateMs = `CAST(${fullMs} + p.at_ms % ${stepMs} AS double)`;
        const chance = `${lateMs} * ${beforeMs} * ${all}`;
        return `(${late} * ${beforeMs} - (${all} - ${late}) * ${lateMs}) / sqrt(nullif(${chance}, 0))`;
      }
    }
  }
}

/** The fields that features take from the point itself. */
function fieldsOf(features: readonly Feature[]): readonly string[] {
  const fields = features.flatMap((feature) => {
    if (!('entity' in feature)) return 'field' in feature ? [feature.field] : [];
    if (leavesOwn(feature)) {
      const own = cellsOf(feature).flatMap(({ field, where }) => [field, where?.field]);
      return own.filter((field) => field !== undefined);
    }
    return feature.of === 'differs' ? [feature.field] : [];
  });
  return [...new Set(fields)];
}

type CellFeature = Parameters<typeof cellsOf>[0];

function leavesOwn(feature: SeriesFeature): feature is CellFeature {
  return feature.of === 'zScore' || ('before' in feature && feature.before === true);
}

function seriesSql(feature: SeriesFeature, layout: Layout, memoryMs: number): string {
  const table = entityTable(layout.kind);
  if (feature.of === 'distinct') {
    return `least(${table}.${distinctColumn(layout, feature)}_n, ${distinctMax})`;
  }
  if ('window' in feature) {
    const own = leavesOwn(feature) ? cellsOf(feature) : [];
    const [first = '', second = '', third = ''] = cellWindows(layout, feature).map(
      ({ track, cell, steps }, index) => {
        const column = `${table}.${windowColumn(track, cell, steps)}`;
        const addend = own[index] && addendSql(own[index]).replaceAll(/\bv_/g, 'p.v_');
        if (addend === undefined) return column;
        return `(${column} - CASE WHEN p.src = ${quoted(feature.source)} THEN coalesce(${addend}, 0) ELSE 0 END)`;
      },
    );
    if (feature.of === 'mean' || feature.of === 'share') {
      return `CAST(${first} AS double) / nullif(CAST(${second} AS double), 0)`;
    }
    return feature.of === 'zScore' ? zScoreSql(feature, [first, second, third]) : first;
  }
  const column = (what: 'm' | 'p' | 'pv' | 'f') =>
    `${table}.${memoryColumn(layout, feature, what)}`;
  if (feature.of === 'sinceFirst') {
    const last = `coalesce(${column('m')}, ${column('p')})`;
    return `CASE WHEN p.at_ms - ${last} <= ${memoryMs} THEN ${elapsedSql(column('f'), unitMs[feature.unit])} END`;
  }
  const isRecent = `p.at_ms - ${column('p')} <= ${memoryMs}`;
  if (feature.of !== 'differs') {
    return `CASE WHEN ${isRecent} THEN ${elapsedSql(column('p'), unitMs[feature.unit])} END`;
  }
  const value = `CAST(p.${fieldColumn(feature.field)} AS varchar)`;
  return `CASE WHEN ${isRecent} AND ${value} = ${column('pv')} THEN 0 WHEN ${isRecent} AND ${value} <> ${column('pv')} THEN 1 END`;
}

/** The same steps of arithmetic as at the event, so that the last digit agrees. */
function zScoreSql(
  feature: Extract<SeriesFeature, { of: 'zScore' }>,
  [count, sum, squares]: readonly [string, string, string],
): string {
  const [n, s, q] = [count, sum, squares].map((column) => `CAST(${column} AS double)`);
  const value = `CAST(${unitsSql(`p.${fieldColumn(feature.field)}`, feature.unit)} AS double)`;
  const spread = `${n} * ${q} - ${s} * ${s}`;
  return `CASE WHEN ${n} >= 2 AND ${spread} > 0 THEN (${value} * ${n} - ${s}) / sqrt(${spread}) END`;
}

function elapsedSql(since: string, unit: number): string {
  return `greatest(p.at_ms - ${since}, 0) / ${unit}`;
}

function amongSql(value: string, among: readonly number[] | undefined): string {
  return among === undefined
    ? value
    : `CASE WHEN ${value} IN (${among.join(', ')}) THEN 1 ELSE 0 END`;
}
