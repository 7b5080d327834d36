import { mkdirSync, readdirSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A part of a delivery stream's buffer: the records that become objects together. */
export interface Segment {
  readonly file: string;
  /** When its first record arrived, epoch milliseconds. */
  readonly arrivalMs: number;
}

/**
 * The buffer of one delivery stream: append-only files, each record behind its length. What an
 * append acknowledged survives the end of the process (not the end of power: nothing is fsynced).
 */
export interface SegmentLog {
  /** Writes records to the open segment. They are all acknowledged or none. */
  append(records: readonly Uint8Array[], nowMs: number): Promise<void>;
  /** Bytes and first arrival of the open segment, or undefined when it is empty. */
  pending(): { readonly bytes: number; readonly arrivalMs: number } | undefined;
  /** Ends the open segment: later records go to the next. */
  roll(): Promise<Segment | undefined>;
  close(): Promise<void>;
}

const lengthBytes = 4;
const fileName = /^(\d{15})-(\d{6})\.segment$/;

/** Opens the buffer; `left` are the segments that an earlier process did not deliver, oldest first. */
export function openSegmentLog(directory: string): { log: SegmentLog; left: readonly Segment[] } {
  mkdirSync(directory, { recursive: true });
  const left = readdirSync(directory)
    .toSorted()
    .flatMap((name) => {
      const match = fileName.exec(name);
      return match ? [{ file: path.join(directory, name), arrivalMs: Number(match[1]) }] : [];
    });
  let sequence = left.reduce(
    (highest, { file }) => Math.max(highest, Number(fileName.exec(path.basename(file))?.[2] ?? 0)),
    0,
  );
  let current: { handle: FileHandle; segment: Segment; bytes: number } | undefined;
  // One write at a time, and none between a roll and the segment it ends.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  async function append(records: readonly Uint8Array[], nowMs: number): Promise<void> {
    if (!current) {
      sequence += 1;
      const name = `${String(nowMs).padStart(15, '0')}-${String(sequence).padStart(6, '0')}.segment`;
      const file = path.join(directory, name);
      current = { handle: await open(file, 'ax'), segment: { file, arrivalMs: nowMs }, bytes: 0 };
    }
    const frames = frame(records);
    try {
      await current.handle.appendFile(frames);
      current.bytes += frames.length;
    } catch (error) {
      // Leave no half record in front of those that follow.
      await current.handle.truncate(current.bytes);
      throw error;
    }
  }

  async function roll(): Promise<Segment | undefined> {
    const ended = current;
    current = undefined;
    await ended?.handle.close();
    return ended?.segment;
  }

  return {
    left,
    log: {
      append: (records, nowMs) => inTurn(() => append(records, nowMs)),
      pending: () => current && { bytes: current.bytes, arrivalMs: current.segment.arrivalMs },
      roll: () => inTurn(roll),
      close: () => inTurn(async () => void (await roll())),
    },
  };
}

/** Reads the records of a segment; a record cut short by the end of its process was never acknowledged. */
export async function readSegment(file: string): Promise<Buffer[]> {
  const bytes = await readFile(file);
  const records: Buffer[] = [];
  for (let at = 0; at + lengthBytes <= bytes.length; ) {
    const end = at + lengthBytes + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    records.push(bytes.subarray(at + lengthBytes, end));
    at = end;
  }
  return records;
}

function frame(records: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    records.flatMap((record) => {
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt32BE(record.length);
      return [length, record];
    }),
  );
}
