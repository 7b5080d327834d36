/**
 * One connection to the shop's database: a `Client` of `pg`, or an adapter of the RDS Data API that
 * maps the statements `begin`, `commit` and `rollback` to its transactions and `$1`, `$2`, … to its
 * named parameters. Statements are sent one at a time, in order, so a pool will not do.
 */
export interface SqlConnection {
  /** Resolves to an object with `rows`, one object per row. */
  query(sql: string, params?: unknown[]): Promise<unknown>;
}
