import path from 'node:path';
import type { PutObject } from '../put-object.ts';
import type { Catalog } from './catalog.ts';
import { runCatalogStatement } from './catalog-statements.ts';
import { withParameters } from './dialect/parameters.ts';
import { createEngineThread } from './engine-thread.ts';
import { QueryError } from './errors.ts';
import type { Execution } from './execution.ts';
import type { History } from './history.ts';
import { writeResult } from './result-file.ts';
import { parseStatement } from './statement.ts';

/** Runs executions of the history to their end. */
export interface Runner {
  /** Begins; the state is in the history from then on. */
  start(execution: Execution): void;
  stop(id: string): void;
  warm(): Promise<void>;
  close(): Promise<void>;
}

export interface RunnerOptions {
  readonly catalog: Catalog;
  readonly history: History;
  readonly bucketFolder: (bucket: string) => string;
  readonly putObject: PutObject;
}

const textColumn = { type: 'string', precision: 0, scale: 0 };

export function createRunner({ catalog, history, bucketFolder, putObject }: RunnerOptions): Runner {
  const engine = createEngineThread();

  function folderOf(location: string): string {
    const { bucket, key } = splitLocation(location);
    return path.join(bucketFolder(bucket), key);
  }

  function mountable() {
    const tables = catalog.databases().flatMap((database) => catalog.tables(database));
    return tables.map((table) => ({
      ...table,
      folder: table.location === undefined ? undefined : folderOf(table.location),
    }));
  }

  function folders(): string[] {
    const locations = mountable().flatMap(({ location }) => location ?? []);
    const buckets = new Set(locations.map((location) => splitLocation(location).bucket));
    return [...buckets].map(bucketFolder).toSorted();
  }

  async function answer(execution: Execution): Promise<Partial<Execution>> {
    const files = history.files(execution.id);
    const sql = withParameters(execution.sql, execution.parameters);
    const statement = parseStatement(sql);
    if (statement.kind === 'query') {
      const query = { id: execution.id, sql: statement.sql, database: execution.database };
      const outcome = await engine.run({ ...query, tables: mountable(), files }, folders());
      return { columns: [...outcome.columns], bytesScanned: outcome.bytesScanned };
    }
    const { column, lines } = runCatalogStatement(catalog, statement, execution.database, folderOf);
    const output = writeResult(files);
    for (const line of lines) output.row([line]);
    output.close();
    return { columns: [{ name: column, ...textColumn }], hasHeader: false };
  }

  async function run(execution: Execution): Promise<void> {
    const { id } = execution;
    history.change(id, { state: 'RUNNING' });
    try {
      const answered = await answer(execution);
      const { bucket, key } = splitLocation(execution.outputLocation);
      await putObject(bucket, key, { file: history.files(id).csv });
      if (history.find(id).state !== 'RUNNING') return;
      history.change(id, { ...answered, state: 'SUCCEEDED', completedMs: Date.now() });
    } catch (error) {
      if (history.find(id).state !== 'RUNNING') return;
      const reason = error instanceof Error ? error.message : String(error);
      history.change(id, { state: 'FAILED', reason, completedMs: Date.now() });
    }
  }

  return {
    start(execution) {
      void run(execution);
    },
    stop(id) {
      if (!['QUEUED', 'RUNNING'].includes(history.find(id).state)) return;
      const reason = 'Query was cancelled by the user';
      history.change(id, { state: 'CANCELLED', reason, completedMs: Date.now() });
      // What the engine still answers finds the execution cancelled.
      engine.cancel(id).catch(() => undefined);
    },
    warm: () => engine.warm(folders()),
    close: () => engine.close(),
  };
}

export function splitLocation(location: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(location) ?? [];
  if (bucket === '' || key.split('/').includes('..')) {
    throw new QueryError('INVALID_LOCATION', `An S3 location is expected: received "${location}"`);
  }
  return { bucket, key };
}
