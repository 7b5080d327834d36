import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import {
  type AthenaClient,
  BatchGetNamedQueryCommand,
  ListNamedQueriesCommand,
  type NamedQuery,
} from '@aws-sdk/client-athena';
import { athenaClient } from '../shared/lake/athena-client.ts';
import { lakeOfStage } from '../shared/lake/lake-of-stage.ts';
import { runSql, type SqlOptions } from '../shared/lake/run-sql.ts';
import { alignedLines } from './aligned-lines.ts';
import { placeOf } from './jobs/cloud.ts';
import { resultCsv, resultJson, resultTable } from './query/format-result.ts';
import { parseQueryOptions, type QueryOptions, usage } from './query/options.ts';
import { runCommand } from './run-command.ts';

const formats = { table: resultTable, json: resultJson, csv: resultCsv };

await runCommand(main, { endsWithReader: true });

async function main(): Promise<number> {
  const options = parseQueryOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const { client, ...place } = await connect(options);
  if (options.saved === '') {
    const rows = (await savedQueries(client, place.workgroup)).map(
      ({ Name = '', Description = '' }) => [Name, Description],
    );
    console.log(
      rows.length > 0 ? alignedLines(rows) : `No queries are saved in ${place.workgroup}`,
    );
    return 0;
  }
  const sql = await statementOf(options, client, place.workgroup);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const result = await runSql(client, sql, { ...place, signal: interrupt.signal });
  console.log(formats[options.format](result));
  return 0;
}

/** The Athena to ask: that of `AWS_ENDPOINT_URL`, of AWS itself, or of the running local cloud. */
async function connect(
  options: QueryOptions,
): Promise<{ client: AthenaClient } & Required<Pick<SqlOptions, 'workgroup' | 'database'>>> {
  const { url, stage } = await placeOf(options);
  const { workgroup, database } = lakeOfStage(stage);
  return {
    client: athenaClient(url),
    workgroup: options.workgroup ?? workgroup,
    database: options.database ?? database,
  };
}

async function statementOf(
  options: QueryOptions,
  client: AthenaClient,
  workgroup: string,
): Promise<string> {
  if (options.saved !== undefined) {
    const saved = await savedQueries(client, workgroup);
    const found = saved.find(({ Name }) => Name === options.saved);
    if (found?.QueryString !== undefined) return found.QueryString;
    const names = saved.map(({ Name }) => Name).join(', ');
    throw new Error(
      `Cannot run saved query: there is none of this name, only ${names || 'none at all'}: received ${options.saved}`,
    );
  }
  if (options.sql === undefined && options.file === undefined && process.stdin.isTTY) {
    throw new Error(`Cannot run query: no statement is given\n\n${usage}`);
  }
  const sql =
    options.sql ??
    (options.file === undefined ? await text(process.stdin) : await readFile(options.file, 'utf8'));
  if (sql.trim() === '') throw new Error('Cannot run query: the statement is empty');
  return sql;
}

async function savedQueries(client: AthenaClient, workgroup: string): Promise<NamedQuery[]> {
  const queries: NamedQuery[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListNamedQueriesCommand({ WorkGroup: workgroup, NextToken }),
    );
    const { NamedQueryIds = [] } = page;
    NextToken = page.NextToken;
    if (NamedQueryIds.length === 0) continue;
    const { NamedQueries = [] } = await client.send(
      new BatchGetNamedQueryCommand({ NamedQueryIds }),
    );
    queries.push(...NamedQueries);
  } while (NextToken !== undefined);
  return queries;
}
