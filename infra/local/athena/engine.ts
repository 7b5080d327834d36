import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { CatalogTable } from './catalog.ts';
import { tableNotFound } from './catalog.ts';
import { athenaType, duckDbType } from './column-types.ts';
import type { TableName } from './dialect/qualify-tables.ts';
import { type DuckDbQuery, resultNames, toDuckDb } from './dialect/to-duckdb.ts';
import { QueryError } from './errors.ts';
import { type ResultColumn, type ResultFiles, writeResult } from './result-file.ts';
import { resultText } from './result-text.ts';

/** A query to run. Plain data: it comes from another thread. */
export interface QueryRequest {
  readonly id: string;
  readonly sql: string;
  readonly database: string;
  /** Tables and views that may be read, each with the folder of its files. */
  readonly tables: readonly MountableTable[];
  readonly files: ResultFiles;
}

export interface MountableTable extends CatalogTable {
  readonly folder: string | undefined;
}

export interface QueryOutcome {
  readonly columns: readonly ResultColumn[];
  readonly rows: number;
  /** Bytes of the files under the tables read: an upper bound of what was scanned. */
  readonly bytesScanned: number;
}

/** DuckDB over the bucket folders, shut off from everything else on this machine. */
export interface Engine {
  run(request: QueryRequest): Promise<QueryOutcome>;
  cancel(id: string): void;
}

/** A file that is being written by the played S3 while it is read looks broken for a moment. */
const unfinishedFile = /too small to be a Parquet file|No magic bytes found|Invalid Parquet/i;
const unfinishedRetries = 5;
const unfinishedWaitMs = 100;

/** @param folders the only directories that may be read. */
export async function createEngine(folders: readonly string[]): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' });
  const setup = await instance.connect();
  await setup.run("SET TimeZone = 'UTC'");
  for (const statement of macros()) await setup.run(statement);
  const allowed = folders.map((folder) => text(`${folder}${path.sep}`)).join(', ');
  for (const setting of [
    // The system keeps what was read of local files; twice it would take up to the memory limit.
    'enable_external_file_cache = false',
    'autoinstall_known_extensions = false',
    'autoload_known_extensions = false',
    `allowed_directories = [${allowed}]`,
    'enable_external_access = false',
    'lock_configuration = true',
  ]) {
    await setup.run(`SET GLOBAL ${setting}`);
  }
  const running = new Map<string, DuckDBConnection>();
  const cancelled = new Set<string>();
  /** What each view was last made of. */
  const mounted = new Map<string, string>();
  let mounting: Promise<unknown> = Promise.resolve();
  /** Views by database and SQL: they are read with every query, and seldom change. */
  const translations = new Map<string, DuckDbQuery>();

  function translated(sql: string, database: string): DuckDbQuery {
    const key = `${database}\n${sql}`;
    const query = translations.get(key) ?? toDuckDb(sql, database);
    translations.set(key, query);
    return query;
  }

  async function mount(
    names: readonly TableName[],
    tables: readonly MountableTable[],
  ): Promise<number> {
    let bytes = 0;
    for (const { database, name } of names) {
      const table = tables.find((one) => one.database === database && one.name === name);
      if (!table) throw tableNotFound(database, name);
      let select: string;
      if (table.viewSql === undefined) {
        const files = filesUnder(table.folder ?? '');
        bytes += files.bytes;
        select = tableSql(table, files.count > 0);
      } else {
        const view = translated(table.viewSql, database);
        bytes += await mount(view.tables, tables);
        select = view.sql;
      }
      const key = `${identifier(database)}.${identifier(name)}`;
      if (mounted.get(key) === select) continue;
      await setup.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(database)}`);
      await setup.run(`CREATE OR REPLACE VIEW ${key} AS ${select}`);
      mounted.set(key, select);
    }
    return bytes;
  }

  async function attempt(request: QueryRequest): Promise<QueryOutcome> {
    const query = toDuckDb(request.sql, request.database);
    // One statement at a time makes views, so that none sees another's half done.
    const mine = mounting.then(() => mount(query.tables, request.tables));
    mounting = mine.catch(() => undefined);
    const bytesScanned = await mine;
    const connection = await instance.connect();
    running.set(request.id, connection);
    try {
      if (cancelled.has(request.id)) throw new QueryError('USER_CANCELLED', 'Query was cancelled');
      const result = await connection.stream(query.sql);
      const types = result.columnTypes().map((type) => type.toString());
      const names = resultNames(result.columnNames());
      const output = writeResult(request.files);
      let rows = 0;
      try {
        output.header(names);
        for await (const chunk of result.yieldRows()) {
          for (const row of chunk)
            output.row(row.map((value, place) => resultText(value, types[place] ?? '')));
          rows += chunk.length;
        }
      } finally {
        output.close();
      }
      const columns = names.map((name, place) => ({ name, ...athenaType(types[place] ?? '') }));
      return { columns, rows, bytesScanned };
    } finally {
      running.delete(request.id);
      connection.closeSync();
    }
  }

  return {
    async run(request) {
      try {
        for (let retry = 0; ; retry += 1) {
          try {
            return await attempt(request);
          } catch (error) {
            if (!unfinishedFile.test(String(error)) || retry === unfinishedRetries)
              throw plain(error);
            await new Promise((resolve) => setTimeout(resolve, unfinishedWaitMs));
          }
        }
      } finally {
        cancelled.delete(request.id);
      }
    },
    cancel(id) {
      cancelled.add(id);
      running.get(id)?.interrupt();
    },
  };
}

/** An error in words that can stand in `StateChangeReason`. */
function plain(error: unknown): Error {
  if (error instanceof QueryError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('DIVISION_BY_ZERO'))
    return new QueryError('DIVISION_BY_ZERO', 'Division by zero');
  const unit = /INVALID_UNIT ([^']*)/.exec(message)?.[1];
  if (unit !== undefined) {
    return new QueryError('INVALID_FUNCTION_ARGUMENT', `'${unit}' is not a valid unit of time`);
  }
  const column = /Referenced column "([^"]+)" (?:was )?not found/.exec(message)?.[1];
  if (column !== undefined) {
    return new QueryError('COLUMN_NOT_FOUND', `Column '${column}' cannot be resolved`);
  }
  const first = message.split('\n\n')[0] ?? message;
  return new QueryError('GENERIC_USER_ERROR', first.slice(0, 2000));
}

/** A table as a view on its files: columns by name and type of the catalogue, absent ones NULL. */
function tableSql(table: MountableTable, hasFiles: boolean): string {
  const all = [...table.columns, ...table.partitionKeys];
  const empty = all.map(
    ({ name, type }) => `CAST(NULL AS ${duckDbType(type)}) AS ${identifier(name)}`,
  );
  const nothing = `SELECT * FROM (SELECT ${empty.join(', ')}) WHERE false`;
  if (!hasFiles) return nothing;
  const columns = all.map(
    ({ name, type }) => `CAST(${identifier(name)} AS ${duckDbType(type)}) AS ${identifier(name)}`,
  );
  const keys = table.partitionKeys.map(({ name, type }) => `${text(name)}: ${duckDbType(type)}`);
  const hive =
    keys.length > 0 ? `, hive_partitioning = true, hive_types = {${keys.join(', ')}}` : '';
  const files = text(path.join(table.folder ?? '', '**', '*.data'));
  return `SELECT ${columns.join(', ')} FROM (${nothing} UNION ALL BY NAME
    SELECT * FROM read_parquet(${files}, union_by_name = true${hive}))`;
}

function filesUnder(folder: string): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  try {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.data')) continue;
      count += 1;
      bytes += statSync(path.join(folder, name)).size;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return { count, bytes };
}

function macros(): string[] {
  const sql = readFileSync(new URL('./dialect/macros.sql', import.meta.url), 'utf8');
  return sql
    .replace(/^--.*$/gm, '')
    .split(/;\s*\n/)
    .filter((statement) => statement.trim() !== '');
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
