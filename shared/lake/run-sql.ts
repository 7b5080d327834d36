import { setTimeout as delay } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';

export interface SqlOptions {
  /** @default dev-shop */
  readonly workgroup?: string;
  /** @default ecommerce */
  readonly database?: string;
  /** Stops the query when it fires. */
  readonly signal?: AbortSignal;
}

/** A result, read whole. */
export interface SqlResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values as Athena prints them; null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly tookMs: number;
  readonly bytesScanned: number;
}

/** A statement that Athena could not run; the message is Athena's reason. */
class SqlFailure extends Error {
  override readonly name = 'SqlFailure';
}

const firstPollMs = 20;
const pollMaxMs = 1_000;

/**
 * Runs one statement and reads its result.
 *
 * @throws SqlFailure when the statement fails or is stopped, with Athena's reason.
 * @example
 * const { rows } = await runSql(athenaClient(), 'SELECT count(*) FROM orders');
 */
export async function runSql(
  client: AthenaClient,
  sql: string,
  { workgroup = 'dev-shop', database = 'ecommerce', signal }: SqlOptions = {},
): Promise<SqlResult> {
  const { QueryExecutionId } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: workgroup,
      QueryExecutionContext: { Database: database },
    }),
  );
  const stop = (): void => {
    client.send(new StopQueryExecutionCommand({ QueryExecutionId })).catch(() => undefined);
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const execution = await endOf(client, QueryExecutionId);
    const { columns, rows } = await readAll(client, execution);
    return {
      columns,
      rows,
      tookMs: execution.Statistics?.TotalExecutionTimeInMillis ?? 0,
      bytesScanned: execution.Statistics?.DataScannedInBytes ?? 0,
    };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function endOf(client: AthenaClient, id: string | undefined): Promise<QueryExecution> {
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMaxMs, pollMs * 1.5)) {
    const { QueryExecution: execution } = await client.send(
      new GetQueryExecutionCommand({ QueryExecutionId: id }),
    );
    const state = execution?.Status?.State;
    if (execution && state === 'SUCCEEDED') return execution;
    if (state === 'FAILED' || state === 'CANCELLED') {
      throw new SqlFailure(execution?.Status?.StateChangeReason ?? state);
    }
    await delay(pollMs);
  }
}

async function readAll(
  client: AthenaClient,
  { QueryExecutionId, StatementType }: QueryExecution,
): Promise<Pick<SqlResult, 'columns' | 'rows'>> {
  const columns: { name: string; type: string }[] = [];
  const rows: (string | null)[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetQueryResultsCommand({ QueryExecutionId, NextToken }));
    const { ResultSetMetadata, Rows = [] } = page.ResultSet ?? {};
    const isFirst = NextToken === undefined;
    if (isFirst) {
      for (const { Name = '', Type = '' } of ResultSetMetadata?.ColumnInfo ?? []) {
        columns.push({ name: Name, type: Type });
      }
    }
    // The first row of a query's first page repeats the names.
    for (const { Data = [] } of isFirst && StatementType === 'DML' ? Rows.slice(1) : Rows) {
      rows.push(columns.map((_, place) => Data[place]?.VarCharValue ?? null));
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return { columns, rows };
}
