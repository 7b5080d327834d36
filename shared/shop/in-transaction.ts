import type { SqlConnection } from './sql-connection.ts';

/**
 * Runs the work in a transaction of the connection, committed when it resolves, rolled back when it
 * throws. Transactions with the same lock run one after the other.
 *
 * @param lockKey number of an advisory lock, held to the end of the transaction.
 * @throws what the work throws; with the error of a failed rollback beside it, if that fails too.
 */
export async function inTransaction<Result>(
  db: SqlConnection,
  lockKey: number,
  work: () => Promise<Result>,
): Promise<Result> {
  await db.query('begin');
  try {
    await db.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const result = await work();
    await db.query('commit');
    return result;
  } catch (error) {
    await db.query('rollback').catch((second: unknown) => {
      throw new AggregateError([error, second], `Cannot roll back after: ${String(error)}`);
    });
    throw error;
  }
}
