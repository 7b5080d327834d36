import { closeSync, openSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** A column of a result, as `ColumnInfo` tells it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  readonly precision: number;
  readonly scale: number;
}

export type ResultRow = readonly (string | null)[];

/** Where a result is kept: rows as JSON lines for paging, and the CSV that goes to the bucket. */
export interface ResultFiles {
  readonly rows: string;
  readonly csv: string;
}

const chunkChars = 256 * 1024;

/** Writes a result's two files, piece by piece. */
export function writeResult(files: ResultFiles) {
  const rowsFile = openSync(files.rows, 'w');
  const csvFile = openSync(files.csv, 'w');
  let rows = '';
  let csv = '';
  const flush = (): void => {
    writeSync(rowsFile, rows);
    writeSync(csvFile, csv);
    rows = '';
    csv = '';
  };
  return {
    header(names: readonly string[]): void {
      csv += csvLine(names);
    },
    row(row: ResultRow): void {
      rows += `${JSON.stringify(row)}\n`;
      csv += csvLine(row);
      if (rows.length > chunkChars) flush();
    },
    close(): void {
      flush();
      closeSync(rowsFile);
      closeSync(csvFile);
    },
  };
}

/** Every value quoted, NULL as nothing: as Athena writes it. */
function csvLine(row: ResultRow): string {
  return `${row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;
}

/**
 * Reads rows from a byte offset on.
 *
 * @returns the rows, and the offset behind them, or undefined at the end.
 */
export async function readRows(
  file: string,
  offset: number,
  rowsMax: number,
): Promise<{ rows: ResultRow[]; nextOffset: number | undefined }> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const rows: ResultRow[] = [];
    let at = offset;
    let pending = Buffer.alloc(0);
    while (rows.length < rowsMax) {
      const end = pending.indexOf(10);
      if (end >= 0) {
        rows.push(JSON.parse(pending.toString('utf8', 0, end)));
        pending = pending.subarray(end + 1);
        at += end + 1;
        continue;
      }
      const buffer = Buffer.alloc(64 * 1024);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at + pending.length);
      if (bytesRead === 0) break;
      pending = Buffer.concat([pending, buffer.subarray(0, bytesRead)]);
    }
    return { rows, nextOffset: at < size ? at : undefined };
  } finally {
    await handle.close();
  }
}
