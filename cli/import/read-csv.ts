import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { sizeOfFile } from './size-of-file.ts';

export interface CsvOptions {
  /** `\\t` spelt out is a tab. @default ',' */
  readonly delimiter?: string | undefined;
  /** Names of the columns, for a file whose first line is data already. */
  readonly columns?: readonly string[] | undefined;
  /** @default 'utf8' */
  readonly encoding?: 'utf8' | 'latin1' | undefined;
}

export interface CsvFile {
  readonly columns: readonly string[];
  /** In the order of the file, read as they are asked for; once. */
  readonly records: AsyncIterable<CsvRecord>;
  /** How much of the file has been read, from 0 to 1. */
  share(): number;
}

/** A line of the file, or several where a quoted field holds line breaks: `line` is the first. */
export type CsvRecord =
  | { readonly line: number; readonly fields: Readonly<Record<string, string>> }
  | { readonly line: number; readonly fault: string; readonly cells: readonly string[] };

/** More is an opening quote that nobody closed. */
const recordCharactersMax = 1024 * 1024;
const parsed = z.object({
  record: z.array(z.string()),
  info: z.object({ empty_lines: z.number() }),
});

/**
 * Opens a file of separated values (RFC 4180): a byte order mark, empty lines, either kind of line
 * end, quotes inside fields and line breaks inside quotes are all taken. A line that does not fit
 * the others becomes a record with a fault, and reading goes on.
 *
 * @throws Error for a file that cannot be read or has no usable first line; while reading, for a
 *   quote that is never closed, since all behind it would be lost in it.
 */
export async function openCsv(file: string, options: CsvOptions = {}): Promise<CsvFile> {
  const { delimiter = ',', encoding = 'utf8' } = options;
  if (delimiter === '') throw new RangeError('Cannot read file: the delimiter is empty');
  const size = await sizeOfFile(file);
  const bytes = createReadStream(file);
  const parser = parse({
    bom: true,
    delimiter: delimiter === '\\t' ? '\t' : delimiter,
    encoding,
    info: true,
    max_record_size: recordCharactersMax,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  bytes.once('error', (error) => parser.destroy(error));
  const lines = linesOf(bytes.pipe(parser), file);
  const columns = options.columns ?? (await headOf(lines, file));
  checkColumns(columns, file);
  return {
    columns,
    records: recordsOf(lines, columns),
    share: () => (size === 0 ? 1 : bytes.bytesRead / size),
  };
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

async function* linesOf(
  records: AsyncIterable<unknown>,
  file: string,
): AsyncGenerator<Line, undefined> {
  let breaks = 1; // line breaks behind which the next record begins, and one to count from 1
  try {
    for await (const each of records) {
      const { record: cells, info } = parsed.parse(each);
      yield { line: breaks + info.empty_lines, cells };
      breaks += 1;
      for (const cell of cells) breaks += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new Error(
      `Cannot read file: a quote that opens on line ${breaks} or behind is never closed: received "${file}"`,
      { cause },
    );
  }
}

async function headOf(
  lines: AsyncGenerator<Line, undefined>,
  file: string,
): Promise<readonly string[]> {
  const head = await lines.next();
  if (head.done) throw new Error(`Cannot read file: it is empty: received "${file}"`);
  return head.value.cells.map((name) => name.trim());
}

function checkColumns(columns: readonly string[], file: string): void {
  const doubled = columns.find((name, place) => name !== '' && columns.indexOf(name) !== place);
  if (doubled === undefined) return;
  throw new Error(
    `Cannot read file: column "${doubled}" stands in it twice: received "${file}" with ${columns.join(', ')}`,
  );
}

async function* recordsOf(
  lines: AsyncIterable<Line>,
  columns: readonly string[],
): AsyncGenerator<CsvRecord> {
  for await (const { line, cells } of lines) {
    const fault = faultOf(cells, columns);
    if (fault !== undefined) yield { line, fault, cells };
    else
      yield {
        line,
        fields: Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ''])),
      };
  }
}

function faultOf(cells: readonly string[], columns: readonly string[]): string | undefined {
  if (cells.length !== columns.length) {
    return `has ${cells.length} columns where the first line has ${columns.length}`;
  }
  if (cells.some((cell) => cell.includes('\ufffd'))) {
    return 'holds bytes that are not UTF-8: see --encoding latin1';
  }
  return undefined;
}
