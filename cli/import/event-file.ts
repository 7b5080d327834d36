import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ProgressBar } from '../progress-bar.ts';
import { columnsOf } from './column-map.ts';
import type { EventFormat, Row } from './formats/event-format.ts';
import { LineFault } from './line-fault.ts';
import { type CsvFile, openCsv } from './read-csv.ts';
import type { Refusals } from './refusals.ts';
import { sizeOfFile } from './size-of-file.ts';

export interface EventFileOptions {
  readonly file: string;
  readonly format: EventFormat;
  readonly maps: readonly string[];
  readonly delimiter: string | undefined;
  readonly encoding: 'utf8' | 'latin1' | undefined;
  /** History ends here: the lake shows nothing of what is yet to come. */
  readonly notAfterMs?: number | undefined;
}

export interface EventSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A file of events that has been looked over, and is read once. */
export interface EventFile {
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string;
  /** Lines, about: a quoted field may hold more than one. */
  readonly lines: number;
  /** From the first to the last of the events that were read; undefined: there was none. */
  span(): EventSpan | undefined;
  /**
   * Reads every line that tells of such an event; refuses, with the reason, those it cannot read.
   *
   * @param bar moved on by the lines that tell of none.
   */
  read<Event extends { readonly atMs: number }>(
    pick: (row: Row) => Event | undefined,
    refusals: Refusals,
    bar: ProgressBar,
  ): AsyncGenerator<Event & { readonly line: number }>;
}

/** @throws Error for a file that cannot be read, or with other columns: told are those that miss. */
export async function openEventFile(options: EventFileOptions): Promise<EventFile> {
  const {
    file,
    format,
    maps,
    delimiter,
    encoding,
    notAfterMs = Number.POSITIVE_INFINITY,
  } = options;
  const { hash, lines, head } = await lookOver(file);
  const names = format.fields.map(({ name }) => name);
  const nameless = format.maybeNameless === true && !names.some((name) => head.includes(name));
  const csv = await openCsv(file, { delimiter, encoding, columns: nameless ? names : undefined });
  const columns = new Map<string, string | undefined>(Object.entries(mapped(format, csv, maps)));
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  return {
    hash,
    span: () => (fromMs > toMs ? undefined : { fromMs, toMs }),
    lines: nameless ? lines : Math.max(0, lines - 1),
    async *read(pick, refusals, bar) {
      for await (const record of csv.records) {
        const { line } = record;
        if ('fault' in record) {
          refusals.add({ line, field: 'line', reason: record.fault });
          bar.add(1);
          continue;
        }
        const row: Row = (field) => record.fields[columns.get(field) ?? '']?.trim() ?? '';
        try {
          const event = pick(row);
          if (event === undefined) {
            bar.add(1);
            continue;
          }
          if (event.atMs > notAfterMs) {
            const time = new Date(event.atMs).toISOString();
            throw new LineFault('time', `Must not lie ahead of now: received ${time}`);
          }
          fromMs = Math.min(fromMs, event.atMs);
          toMs = Math.max(toMs, event.atMs);
          yield { ...event, line };
        } catch (error) {
          if (!(error instanceof LineFault)) throw error;
          const field = columns.get(error.field) ?? error.field;
          refusals.add({ line, field, reason: error.message });
          bar.add(1);
        }
      }
    },
  };
}

function mapped(format: EventFormat, { columns }: CsvFile, maps: readonly string[]) {
  try {
    return columnsOf(format.fields, columns, maps);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The file is not of format ${format.name}. ${reason}`, { cause });
  }
}

/** One pass over the bytes: what the file is known by, how long it is, how it begins. */
async function lookOver(file: string) {
  await sizeOfFile(file);
  const hash = createHash('sha256');
  let lines = 0;
  let last = newline;
  let head: string | undefined;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = Buffer.from(chunk);
    hash.update(bytes);
    head ??= bytes.toString('latin1').split(/\r?\n/, 1)[0];
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
    last = bytes.at(-1) ?? last;
  }
  return {
    hash: hash.digest('hex'),
    lines: last === newline ? lines : lines + 1,
    head: head ?? '',
  };
}

const newline = 0x0a;
