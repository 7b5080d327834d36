import type { FeatureSetDeclaration, SeriesFeature } from '../feature.ts';
import type { Layout } from '../layout.ts';
import { fieldsOfLayout, inputsOf, readsOf } from './columns.ts';
import { departureSql } from './departures.ts';
import { namedWindows, overAll, overWindow, placeInTime } from './entity-windows.ts';
import { entityColumn, fieldColumn, quoted, sourceTable } from './text.ts';

/**
 * All points of one kind of entity with what its features are made of, as CTEs of which the last has
 * the name {@link entityTable}. The events of an entity lie in one row of time, and what a point sees
 * of them are window functions over it.
 */
export function entitySql(declaration: FeatureSetDeclaration, layout: Layout): readonly string[] {
  const { sources, features, points, memoryMs } = declaration;
  const { kind, memories } = layout;
  const table = entityTable(kind);
  const ofKind = features.filter(
    (feature): feature is SeriesFeature => 'entity' in feature && feature.entity === kind,
  );
  const fields = fieldsOfLayout(layout, sources);
  const inputs = inputsOf(layout);
  const { windows, distincts } = readsOf(layout, ofKind, inputs);
  const counted = distincts.map(({ column }) => column);

  const earlier = memories.flatMap(({ field }, index) => {
    const { time = '', value = '' } = inputs.memories[index] ?? {};
    const last = `last_value(${value}) IGNORE NULLS OVER earlier AS pv${index}`;
    return [
      `${time} AS m${index}`,
      `max(${time}) OVER earlier AS p${index}`,
      ...(field === undefined ? [] : [last]),
    ];
  });
  const atPoint = [
    ...windows.map(overWindow),
    ...counted.map((column) => `coalesce(sum(${column}) OVER so_far, 0) AS ${column}_n`),
    ...earlier,
  ];
  const firsts = memories.map((_track, index) => {
    const begins = `m${index} IS NOT NULL AND coalesce(m${index} - p${index} > ${memoryMs}, true)`;
    return `max(CASE WHEN ${begins} THEN m${index} END) ${overAll} AS f${index}`;
  });
  return [
    cte(`${table}_1`, unionSql(declaration, layout, fields)),
    ...(distincts.length === 0
      ? []
      : departureSql(table, layout, distincts, [...fields.keys()].map(fieldColumn))),
    cte(
      `${table}_5`,
      `SELECT ${[...place, placeInTime, ...counted, ...inputs.selected].join(',\n  ')}\nFROM ${table}_${distincts.length === 0 ? 1 : 4}`,
    ),
    cte(
      `${table}_6`,
      `SELECT ${[...place, 'seq', ...atPoint].join(',\n  ')}\nFROM ${table}_5\nWINDOW ${namedWindows(windows).join(',\n  ')}`,
    ),
    cte(`${table}_7`, `SELECT ${['*', ...firsts].join(',\n  ')}\nFROM ${table}_6`),
    cte(table, `SELECT * FROM ${table}_7 WHERE src IN (${points.map(quoted).join(', ')})`),
  ];
}

/** The name of an entity's points among the CTEs. */
export function entityTable(kind: string): string {
  return entityColumn(kind).replace('e_', 'k_');
}

const place = ['src', 'id', 'at_ms', 'k'];

function cte(name: string, select: string): string {
  return `${name} AS (\n${select}\n)`;
}

/** The events of all sources that the entity remembers, or that look at it. */
function unionSql(
  { sources, points }: FeatureSetDeclaration,
  { kind, buckets, values, memories }: Layout,
  fields: ReadonlyMap<string, string>,
): string {
  const writing = new Set([...buckets, ...values, ...memories].map(({ source }) => source));
  const entity = entityColumn(kind);
  const branches = Object.entries(sources).flatMap(([source, declared], rank) => {
    if (!declared.entities.includes(kind)) return [];
    if (!points.includes(source) && !writing.has(source)) return [];
    const columns = [...fields].map(([field, type]) =>
      writing.has(source) && field in declared.values
        ? fieldColumn(field)
        : `CAST(NULL AS ${type}) AS ${fieldColumn(field)}`,
    );
    const selected = [
      `${quoted(source)} AS src`,
      `${rank} AS rank`,
      'id',
      'at_ms',
      `${entity} AS k`,
      ...columns,
    ];
    return [
      `SELECT ${selected.join(', ')} FROM ${sourceTable(source)} WHERE ${entity} IS NOT NULL`,
    ];
  });
  return branches.join('\nUNION ALL\n');
}
