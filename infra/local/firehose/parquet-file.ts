import { rm, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ColumnTexts } from './column-text.ts';
import type { DeliveryStream } from './delivery-stream.ts';

let connecting: ReturnType<typeof connect> | undefined;

async function connect() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
  return await instance.connect();
}

/**
 * Writes rows as one Parquet file whose physical types are those that Athena expects of the Glue
 * types: timestamps as TIMESTAMP_MILLIS (DuckDB's TIMESTAMP_MS), pages of version 1.
 */
export async function writeParquet(
  { columns, compression }: DeliveryStream['schema'],
  rows: readonly ColumnTexts[],
  file: string,
): Promise<void> {
  connecting ??= connect();
  const connection = await connecting;
  const source = `${file}.ndjson`;
  await writeFile(source, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const asText = columns.map(({ name }) => `${text(name)}: 'VARCHAR'`).join(', ');
  const typed = columns.map(
    ({ name, type }) => `CAST(${identifier(name)} AS ${duckDbType(type)}) AS ${identifier(name)}`,
  );
  await connection.run(
    `COPY (SELECT ${typed.join(', ')} FROM read_json(${text(source)}, format = 'newline_delimited', columns = {${asText}}))
     TO ${text(file)} (FORMAT parquet, COMPRESSION ${compression}, PARQUET_VERSION v1)`,
  );
  await rm(source);
}

function duckDbType(glueType: string): string {
  if (glueType === 'string') return 'VARCHAR';
  if (glueType === 'int') return 'INTEGER';
  return glueType === 'timestamp' ? 'TIMESTAMP_MS' : glueType;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
