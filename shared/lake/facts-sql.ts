/**
 * The facts of a table of the lake as they came: the first version of each row, as a subquery. What
 * happens to a row later, as a payment that is given back, is an event of its own.
 *
 * @param columns beside the id.
 */
export function firstVersions(table: string, columns: readonly string[]): string {
  const named = ['id', ...columns].join(', ');
  return `(SELECT ${named}, row_number() OVER (PARTITION BY id ORDER BY row_version) AS _rank FROM ${table}_changes WHERE _op <> 'delete') AS rows_of WHERE _rank = 1`;
}

/** A timestamp in epoch milliseconds. */
export function milliseconds(column: string): string {
  return `CAST(round(to_unixtime(${column}) * 1000) AS bigint)`;
}

/** An amount in cents. */
export function cents(column: string): string {
  return `CAST(${column} * 100 AS bigint)`;
}
