import { unitsMax } from '../entity-state.ts';
import type { Condition } from '../feature.ts';
import type { Cell } from '../layout.ts';

/** A text as a literal of SQL. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A value as it is compared in SQL: text in quotes, a number bare. */
function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : quoted(value);
}

/** An expression that is true where a value is the one, or among those, that are asked for. */
export function equalsSql(expression: string, equals: Condition['equals']): string {
  return typeof equals === 'object'
    ? `${expression} IN (${equals.map(literal).join(', ')})`
    : `${expression} = ${literal(equals)}`;
}

/** `then` where the condition holds, else NULL. */
export function whereSql(where: Condition | undefined, then: string): string {
  if (where === undefined) return then;
  return `CASE WHEN ${equalsSql(fieldColumn(where.field), where.equals)} THEN ${then} END`;
}

/** The name a field has behind the rows of its source. Quoting it would keep capitals; none are left. */
export function fieldColumn(field: string): string {
  return `v_${snake(field)}`;
}

/** The name the id of an entity has behind the rows of a source. */
export function entityColumn(kind: string): string {
  return `e_${snake(kind)}`;
}

/** The rows of a source by name. */
export function sourceTable(source: string): string {
  return `s_${snake(source)}`;
}

/** A value in whole units, as {@link unitsOf} computes it. */
export function unitsSql(expression: string, unit: number): string {
  return `least(greatest(${expression}, 0), ${unitsMax * unit}) / ${unit}`;
}

/** What an event adds to a cell; NULL: nothing. */
export function addendSql({ of, field, unit = 1, where }: Cell): string {
  if (field === undefined) return whereSql(where, '1');
  const column = fieldColumn(field);
  if (of === 'count') {
    const known = `${column} IS NOT NULL`;
    const holds = where && ` AND ${equalsSql(fieldColumn(where.field), where.equals)}`;
    return `CASE WHEN ${known}${holds ?? ''} THEN 1 END`;
  }
  if (of === 'units') return whereSql(where, unitsSql(column, unit));
  if (of === 'squares') {
    const units = `(${unitsSql(column, unit)})`;
    return whereSql(where, `${units} * ${units}`);
  }
  return whereSql(where, column);
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
