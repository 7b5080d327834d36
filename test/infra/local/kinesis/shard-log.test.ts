import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KinesisRecord } from '../../../../infra/local/kinesis/record.ts';
import { sequenceNumber, sequencePrefix } from '../../../../infra/local/kinesis/sequence-number.ts';
import { type LogLimits, ShardLog } from '../../../../infra/local/kinesis/shard-log.ts';
import { SyncGroup } from '../../../../infra/local/kinesis/sync-group.ts';

const shardIndex = 7;
const kibibyte = 1024;
const roomy: LogLimits = {
  segmentBytesMax: 1024 * kibibyte,
  cacheBytesMax: 1024 * kibibyte,
  shardBytesMax: 1024 * 1024 * kibibyte,
};

let directory: string;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shard-log-'));
  warnings = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(limits: Partial<LogLimits> = {}, folder = directory): ShardLog {
  return new ShardLog({
    directory: folder,
    shardIndex,
    limits: { ...roomy, ...limits },
    sync: new SyncGroup(5),
    warn: (message) => warnings.push(message),
  });
}

function record(counter: number, bytes = 10, arrivalMs = 1_000 + counter): KinesisRecord {
  return {
    sequenceNumber: sequenceNumber(sequencePrefix(1_700_000_000_000, shardIndex), counter),
    partitionKey: `schlüssel-${counter}`,
    data: Buffer.alloc(bytes, counter % 256),
    approximateArrivalTimestamp: arrivalMs,
  };
}

function records(from: number, count: number, bytes?: number): KinesisRecord[] {
  return Array.from({ length: count }, (_, index) => record(from + index, bytes));
}

function readAll(log: ShardLog, after?: string, notBeforeMs = 0): KinesisRecord[] {
  return [...log.read({ after, notBeforeMs })];
}

function files(): string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => join(directory, name));
}

function lastFile(): string {
  return files().at(-1) ?? '';
}

describe('ShardLog', () => {
  it('keeps of what it was given no more than it has written', async () => {
    const log = open();
    for (const { data, ...rest } of records(1, 20)) {
      log.append([{ ...rest, data: Buffer.alloc(64 * kibibyte).subarray(0, data.length) }]);
    }
    const held = new Set([...readAll(log), log.last].map((one) => one?.data.buffer));
    const bytes = [...held].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0);
    await log.close();
    expect(bytes).toBe(readFileSync(lastFile()).length);
  });

  it('gives back what it was given, after any number of records and restarts', async () => {
    const batch = fc.array(fc.integer({ min: 0, max: 3 * kibibyte }), {
      minLength: 1,
      maxLength: 12,
    });
    const step = fc.oneof(
      { weight: 4, arbitrary: batch },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 20 }),
        fc.constantFrom(0, 4 * kibibyte, 64 * kibibyte),
        fc.constantFrom(2 * kibibyte, 16 * kibibyte),
        async (steps, cacheBytesMax, segmentBytesMax) => {
          const folder = mkdtempSync(join(directory, 'run-'));
          const limits = { cacheBytesMax, segmentBytesMax };
          const expected: KinesisRecord[] = [];
          let log = open(limits, folder);
          for (const change of steps) {
            if (change === 'restart') {
              await log.close();
              log = open(limits, folder);
              expect(log.last?.sequenceNumber).toBe(expected.at(-1)?.sequenceNumber);
              continue;
            }
            const added = change.map((bytes, index) => record(expected.length + index + 1, bytes));
            log.append(added);
            expected.push(...added);
          }
          expect(readAll(log)).toEqual(expected);
          for (let skip = 0; skip <= expected.length; skip += 5) {
            const after = expected[skip]?.sequenceNumber;
            if (after !== undefined) expect(readAll(log, after)).toEqual(expected.slice(skip + 1));
            const notBefore = expected[skip]?.approximateArrivalTimestamp;
            expect(readAll(log, undefined, notBefore ?? 1e9)).toEqual(expected.slice(skip));
          }
          await log.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps records that are longer than what it reads at once', async () => {
    const large = [record(1, 1024 * kibibyte), record(2, 3), record(3, 700 * kibibyte)];
    const log = open({ cacheBytesMax: 0 });
    log.append(large);
    expect(readAll(log)).toEqual(large);
    await log.close();
    const reopened = open();
    expect(readAll(reopened)).toEqual(large);
    await reopened.close();
  });

  it('cuts a torn last write, wherever it was torn, and goes on', async () => {
    const log = open();
    log.append(records(1, 3));
    await log.close();
    const whole = readFileSync(lastFile());
    const lastRecordAt = Math.round((whole.length * 2) / 3);
    for (let length = lastRecordAt + 1; length < whole.length; length += 1) {
      writeFileSync(lastFile(), whole.subarray(0, length));
      const torn = open();
      expect(readAll(torn)).toEqual(records(1, 2));
      torn.append([record(9)]);
      expect(readAll(torn)).toEqual([...records(1, 2), record(9)]);
      await torn.close();
      const again = open();
      expect(readAll(again)).toEqual([...records(1, 2), record(9)]);
      await again.close();
    }
    expect(warnings.every((text) => /^cut \d+ bytes of an unfinished write/.test(text))).toBe(true);
    expect(warnings.length).toBe(whole.length - lastRecordAt - 1);
  });

  it('cuts bytes that no write of ours left behind', async () => {
    const log = open();
    log.append(records(1, 2));
    await log.close();
    for (const garbage of [Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.from('abc')]) {
      appendFileSync(lastFile(), garbage);
      const reopened = open();
      expect(readAll(reopened)).toEqual(records(1, 2));
      await reopened.close();
    }
    expect(warnings).toHaveLength(3);
  });

  it('begins anew in a file that held only a torn write', async () => {
    const log = open({ segmentBytesMax: 1 });
    log.append([record(1)]);
    log.append([record(2)]);
    await log.close();
    truncateSync(lastFile(), 5);
    const reopened = open();
    expect(readAll(reopened)).toEqual([record(1)]);
    expect(files()).toHaveLength(1);
    await reopened.close();
  });

  it('says which file is damaged where records must be', async () => {
    const log = open({ segmentBytesMax: 1 });
    for (const one of records(1, 3)) log.append([one]);
    await log.close();
    const [first = ''] = files();
    const bytes = readFileSync(first);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(first, bytes);
    const reopened = open();
    expect(readAll(reopened, record(2).sequenceNumber)).toEqual([record(3)]);
    for (const attempt of ['first', 'second']) {
      expect(() => readAll(reopened), attempt).toThrow(
        `Cannot read records: file is damaged at byte 0 of ${bytes.length}: received ${first}`,
      );
    }
    await reopened.close();
  });

  it('drops files whose records are all too old, and shows none that is', async () => {
    const log = open({ segmentBytesMax: 1 });
    for (const one of records(1, 5)) log.append([one]);
    const horizonMs = record(3).approximateArrivalTimestamp;
    log.trim(horizonMs);
    // Record 2 is too old, but the file is known by the one after it, which is not.
    expect(files()).toHaveLength(4);
    expect(readAll(log, undefined, horizonMs)).toEqual(records(3, 3));
    log.trim(Number.POSITIVE_INFINITY);
    expect(files()).toHaveLength(1);
    expect(warnings).toEqual([]);
    await log.close();
  });

  it('drops the oldest records above its size, and warns once', async () => {
    const log = open({ segmentBytesMax: 1, shardBytesMax: 250, cacheBytesMax: 0 });
    for (const one of records(1, 10)) {
      log.append([one]);
      log.trim(0);
    }
    const left = readAll(log);
    expect(left.length).toBeGreaterThan(0);
    expect(left).toEqual(records(11 - left.length, left.length));
    expect(left.length).toBeLessThan(5);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('more than 250 bytes');
    await log.close();
  });
});
