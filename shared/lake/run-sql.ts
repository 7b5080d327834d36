import { setTimeout as delay } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
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

/** Rows of a result, as they come. */
type SqlPage = Pick<SqlResult, 'columns' | 'rows'>;

/**
 * Runs one statement and reads its result page by page, so that it need not fit into memory.
 *
 * @throws SqlFailure when the statement fails or is stopped, with Athena's reason.
 */
export async function* sqlPages(
  client: AthenaClient,
  sql: string,
  options: SqlOptions = {},
): AsyncIterable<SqlPage> {
  yield* pagesOf(client, await run(client, sql, options));
}

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
  options: SqlOptions = {},
): Promise<SqlResult> {
  const execution = await run(client, sql, options);
  let columns: SqlResult['columns'] = [];
  const rows: (readonly (string | null)[])[] = [];
  for await (const page of pagesOf(client, execution)) {
    columns = page.columns;
    for (const row of page.rows) rows.push(row);
  }
  return {
    columns,
    rows,
    tookMs: execution.Statistics?.TotalExecutionTimeInMillis ?? 0,
    bytesScanned: execution.Statistics?.DataScannedInBytes ?? 0,
  };
}

/** Runs one statement to its end. */
async function run(
  client: AthenaClient,
  sql: string,
  { workgroup = 'dev-shop', database = 'ecommerce', signal }: SqlOptions,
): Promise<QueryExecution> {
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
    return await endOf(client, QueryExecutionId);
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

async function* pagesOf(
  client: AthenaClient,
  { QueryExecutionId, StatementType }: QueryExecution,
): AsyncIterable<SqlPage> {
  const columns: { name: string; type: string }[] = [];
  const ask = (NextToken?: string) => {
    const asked = client.send(new GetQueryResultsCommand({ QueryExecutionId, NextToken }));
    // Its failure is told when it is awaited; nobody does who has read enough.
    asked.catch(() => undefined);
    return asked;
  };
  let next: ReturnType<typeof ask> | undefined = ask();
  for (let isFirst = true; next !== undefined; isFirst = false) {
    const page: GetQueryResultsCommandOutput = await next;
    // The next one comes while this one is worked on.
    next = page.NextToken === undefined ? undefined : ask(page.NextToken);
    const { ResultSetMetadata, Rows = [] } = page.ResultSet ?? {};
    if (isFirst) {
      for (const { Name = '', Type = '' } of ResultSetMetadata?.ColumnInfo ?? []) {
        columns.push({ name: Name, type: Type });
      }
    }
    // The first row of a query's first page repeats the names.
    const told = isFirst && StatementType === 'DML' ? Rows.slice(1) : Rows;
    const rows = told.map(({ Data = [] }) =>
      columns.map((_, place) => Data[place]?.VarCharValue ?? null),
    );
    yield { columns, rows };
  }
}
