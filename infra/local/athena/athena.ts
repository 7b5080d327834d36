import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { PutObject } from '../put-object.ts';
import {
  AwsError,
  localAccountId,
  localRegion,
  type PlayedService,
  type Resource,
} from '../service.ts';
import { openCatalog } from './catalog.ts';
import { catalogOperations } from './catalog-operations.ts';
import { describeExecution, type Execution } from './execution.ts';
import { createGlue } from './glue.ts';
import { openHistory } from './history.ts';
import { answerJson, type JsonOperation, operation, page, pageInput } from './json-operations.ts';
import { readRows } from './result-file.ts';
import { createRunner, splitLocation } from './runner.ts';
import { statementType } from './statement.ts';
import { readNamedQueries, readWorkGroups, type WorkGroup } from './workgroups.ts';

export interface AthenaOptions {
  /** Where the history, results and what statements added to the catalogue are kept. */
  readonly directory: string;
  /** `AWS::Athena::WorkGroup`, `AWS::Athena::NamedQuery`, `AWS::Glue::Database`, `AWS::Glue::Table`. */
  readonly workgroups: readonly Resource[];
  readonly namedQueries: readonly Resource[];
  readonly databases: readonly Resource[];
  readonly tables: readonly Resource[];
  /** The folder that holds a bucket's objects as `<key>.data`. */
  readonly bucketFolder: (bucket: string) => string;
  readonly putObject: PutObject;
}

const startInput = z.object({
  QueryString: z.string().min(1).max(262_144),
  ClientRequestToken: z.string().optional(),
  QueryExecutionContext: z
    .object({ Database: z.string().optional(), Catalog: z.string().optional() })
    .optional(),
  ResultConfiguration: z.object({ OutputLocation: z.string().optional() }).optional(),
  WorkGroup: z.string().default('primary'),
  ExecutionParameters: z.array(z.string()).default([]),
});
const byId = z.object({ QueryExecutionId: z.string() });
const byIds = z.object({ QueryExecutionIds: z.array(z.string()).min(1).max(50) });
const listInput = z.object({ ...pageInput, WorkGroup: z.string().default('primary') });
const resultsInput = byId.extend({
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(1000).default(1000),
});

/**
 * Plays Athena and Glue: the same SQL on the same Parquet files, run by DuckDB. Gives the services
 * `athena` and `glue`. What is played, and how results differ, is told in
 * docs/reference/athena-locally.md.
 */
export async function createAthena(options: AthenaOptions): Promise<PlayedService[]> {
  const catalog = openCatalog(options.directory, options.databases, options.tables);
  const history = openHistory(path.join(options.directory, 'executions'));
  const workgroups = readWorkGroups(options.workgroups);
  const { bucketFolder, putObject } = options;
  const runner = createRunner({ catalog, history, bucketFolder, putObject });
  const warming = setTimeout(() => {
    // A query that comes first warms as well, and tells what is wrong.
    runner.warm().catch(() => undefined);
  }, 2_000);
  warming.unref();

  function workgroup(name: string): WorkGroup {
    const found = workgroups.get(name);
    if (found) return found;
    throw new AwsError('InvalidRequestException', `WorkGroup ${name} is not found.`);
  }

  function start(input: z.output<typeof startInput>): Execution {
    const { ClientRequestToken: token, WorkGroup, QueryString } = input;
    const repeated = token === undefined ? undefined : history.byToken(token);
    if (repeated) {
      if (repeated.sql === QueryString) return repeated;
      throw new AwsError('InvalidRequestException', 'Idempotent parameters do not match');
    }
    const { outputLocation, enforced, enabled } = workgroup(WorkGroup);
    if (!enabled)
      throw new AwsError('InvalidRequestException', `WorkGroup ${WorkGroup} is disabled`);
    const wanted = input.ResultConfiguration?.OutputLocation;
    const location = (enforced ? outputLocation : (wanted ?? outputLocation)) ?? wanted;
    if (location === undefined) {
      throw new AwsError(
        'InvalidRequestException',
        'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
      );
    }
    splitLocation(location);
    const id = randomUUID();
    const kind = statementType(QueryString);
    const execution: Execution = {
      id,
      token,
      sql: QueryString,
      parameters: input.ExecutionParameters,
      kind,
      database: (input.QueryExecutionContext?.Database ?? 'default').toLowerCase(),
      workgroup: WorkGroup,
      outputLocation: `${location.replace(/\/*$/, '/')}${id}.${kind === 'DML' ? 'csv' : 'txt'}`,
      state: 'QUEUED',
      submittedMs: Date.now(),
      bytesScanned: 0,
      columns: [],
      hasHeader: true,
    };
    history.add(execution);
    runner.start(execution);
    return execution;
  }

  async function results({
    QueryExecutionId,
    NextToken,
    MaxResults,
  }: z.output<typeof resultsInput>) {
    const { id, state, reason, columns, hasHeader } = history.find(QueryExecutionId);
    if (state !== 'SUCCEEDED') {
      throw new AwsError(
        'InvalidRequestException',
        state === 'FAILED'
          ? `Query did not finish successfully. Final query state: ${state}: ${reason}`
          : `Query has not yet finished. Current state: ${state}`,
      );
    }
    const offset = Number(NextToken ?? 0);
    if (!Number.isInteger(offset) || offset < 0) {
      throw new AwsError('InvalidRequestException', `Invalid NextToken: received ${NextToken}`);
    }
    const header = hasHeader && NextToken === undefined ? [columns.map(({ name }) => name)] : [];
    const { rows, nextOffset } = await readRows(
      history.files(id).rows,
      offset,
      MaxResults - header.length,
    );
    return {
      UpdateCount: 0,
      ...(nextOffset === undefined ? {} : { NextToken: String(nextOffset) }),
      ResultSet: {
        Rows: [...header, ...rows].map((row) => ({
          Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
        })),
        ResultSetMetadata: { ColumnInfo: columns.map(describeColumn) },
      },
    };
  }

  const operations: Readonly<Record<string, JsonOperation>> = {
    StartQueryExecution: operation(startInput, (input) => ({ QueryExecutionId: start(input).id })),
    StopQueryExecution: operation(byId, ({ QueryExecutionId }) => runner.stop(QueryExecutionId)),
    GetQueryExecution: operation(byId, ({ QueryExecutionId }) => ({
      QueryExecution: describeExecution(history.find(QueryExecutionId)),
    })),
    BatchGetQueryExecution: operation(byIds, ({ QueryExecutionIds }) => {
      const found = [...workgroups.keys()].flatMap((name) => history.list(name));
      const asked = found.filter(({ id }) => QueryExecutionIds.includes(id));
      return {
        QueryExecutions: asked.map(describeExecution),
        UnprocessedQueryExecutionIds: QueryExecutionIds.filter(
          (id) => !asked.some((execution) => execution.id === id),
        ).map((QueryExecutionId) => ({
          QueryExecutionId,
          ErrorCode: 'INVALID_QUERY_EXECUTION_ID',
          ErrorMessage: `QueryExecution ${QueryExecutionId} was not found`,
        })),
      };
    }),
    ListQueryExecutions: operation(listInput, (input) => {
      const { items, next } = page(history.list(workgroup(input.WorkGroup).name), input);
      return { QueryExecutionIds: items.map(({ id }) => id), ...next };
    }),
    GetQueryResults: operation(resultsInput, results),
    ...catalogOperations(catalog, workgroups, readNamedQueries(options.namedQueries)),
  };

  const folderOf = (location: string): string => {
    const { bucket, key } = splitLocation(location);
    return path.join(bucketFolder(bucket), key);
  };
  const athena: PlayedService = {
    signingName: 'athena',
    permissions: ({ operation: name }) => [
      {
        action: `athena:${name}`,
        resource: `arn:aws:athena:${localRegion}:${localAccountId}:workgroup/*`,
      },
    ],
    handle: (call) => answerJson(operations, call),
    async close() {
      clearTimeout(warming);
      await runner.close();
    },
  };
  return [athena, createGlue(catalog, folderOf)];
}

function describeColumn({ name, type, precision, scale }: Execution['columns'][number]): unknown {
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: name,
    Label: name,
    Type: type,
    Precision: precision,
    Scale: scale,
    Nullable: 'UNKNOWN',
    CaseSensitive: type === 'varchar' || type === 'string',
  };
}
