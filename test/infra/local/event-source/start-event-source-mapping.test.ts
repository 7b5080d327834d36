import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FailureRecord } from '../../../../infra/local/event-source/failure-record.ts';
import type { Fault } from '../../../../infra/local/event-source/faults.ts';
import {
  type EventSourceMappingOptions,
  type RunningEventSourceMapping,
  startEventSourceMapping,
} from '../../../../infra/local/event-source/start-event-source-mapping.ts';
import { type Consumer, consumer, failedAt, mapping, success, thrown } from './consumer.ts';
import { type MemoryStream, memoryStream } from './memory-stream.ts';

let folder: string;
let checkpointFile: string;
let stream: MemoryStream;
let failures: FailureRecord[];
let running: RunningEventSourceMapping | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-source-'));
  checkpointFile = join(folder, 'mappings', 'probe.json');
  stream = memoryStream(['shard-0'], Date.now);
  failures = [];
});
afterEach(async () => {
  await running?.stop(0);
  running = undefined;
  await rm(folder, { recursive: true });
});

async function start(
  { invoke }: Pick<Consumer, 'invoke'>,
  properties: object = {},
  options: Partial<EventSourceMappingOptions> = {},
): Promise<RunningEventSourceMapping> {
  running = await startEventSourceMapping({
    mapping: mapping(properties),
    kinesis: stream,
    invoke,
    onFailure: (record) => void failures.push(record),
    checkpointFile,
    log: () => undefined,
    now: Date.now,
    pauseMsMax: 5,
    ...options,
  });
  return running;
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5000, interval: 5 });
}

describe('startEventSourceMapping() delivers', () => {
  test('the event as Lambda does', async () => {
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes/consumer/dev-probe:1';
    const events: unknown[] = [];
    const [record] = stream.put('shard-0', Buffer.from([0, 255]));
    await start(
      {
        invoke: async (_name, event) => {
          events.push(event);
          return success();
        },
      },
      { EventSourceArn: arn },
    );
    await eventually(() => expect(events).toHaveLength(1));
    expect(events[0]).toEqual({
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: record?.partitionKey,
            sequenceNumber: record?.sequenceNumber,
            data: 'AP8=',
            approximateArrivalTimestamp: (record?.approximateArrivalTimestamp ?? 0) / 1000,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: `shard-0:${record?.sequenceNumber}`,
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: expect.any(String),
          awsRegion: 'us-east-1',
          eventSourceARN: arn,
        },
      ],
    });
  });

  test('a put at once, not at the next look at the shard', async () => {
    const probe = consumer();
    await start(probe);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const putAt = performance.now();
    stream.put('shard-0', 'now');
    await eventually(() => expect(probe.received).toHaveLength(1));
    expect(performance.now() - putAt).toBeLessThan(300);
  });

  test('batches of the size, in order, and never an empty one', async () => {
    stream.put('shard-0', ...numbers(1, 25));
    const probe = consumer();
    await start(probe, { BatchSize: 10 });
    await eventually(() => expect(probe.texts()).toEqual(numbers(1, 25)));
    expect(probe.received.map(({ texts }) => texts.length)).toEqual([10, 10, 5]);
  });

  test('what gathers in the batching window together', async () => {
    const probe = consumer();
    await start(probe, { MaximumBatchingWindowInSeconds: 1, BatchSize: 100 });
    stream.put('shard-0', 'a');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(probe.received).toHaveLength(0);
    stream.put('shard-0', 'b', 'c');
    await eventually(() => expect(probe.received).toMatchObject([{ texts: ['a', 'b', 'c'] }]));
  });

  test('a full batch before its window is over', async () => {
    const probe = consumer();
    await start(probe, { MaximumBatchingWindowInSeconds: 300, BatchSize: 2 });
    stream.put('shard-0', 'a', 'b', 'c');
    await eventually(() => expect(probe.received).toMatchObject([{ texts: ['a', 'b'] }]));
  });

  test('no event above 6 MB', async () => {
    const sizes: number[] = [];
    stream.put('shard-0', ...Array.from({ length: 12 }, () => Buffer.alloc(1_000_000, 'x')));
    const events = { count: 0 };
    await start({
      invoke: async (_name, event) => {
        const text = JSON.stringify(event);
        sizes.push(Buffer.byteLength(text));
        events.count += text.split('"eventID"').length - 1;
        return success();
      },
    });
    await eventually(() => expect(events.count).toBe(12));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(sizes).toHaveLength(3);
  });

  test('only what the filter lets through, and counts the rest as done', async () => {
    stream.put(
      'shard-0',
      '{"type":"alert","n":1}',
      '{"type":"revenue"}',
      'no json',
      '{"type":"alert","n":2}',
      '1',
    );
    const probe = consumer();
    const { status } = await start(probe, {
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"type":["alert"]}}' }] },
    });
    await eventually(() => expect(status().records).toBe(5));
    expect(probe.texts()).toEqual(['{"type":"alert","n":1}', '{"type":"alert","n":2}']);
    expect(status()).toMatchObject({ filtered: 3, invocations: 1 });
    expect(status().shards[0]?.sequenceNumber).toBe(
      stream.records('shard-0').at(-1)?.sequenceNumber,
    );
  });

  test('nothing when the mapping is not enabled', async () => {
    stream.put('shard-0', 'a');
    const probe = consumer();
    const { status } = await start(probe, { Enabled: false });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(probe.received).toHaveLength(0);
    expect(status().enabled).toBe(false);
  });
});

describe('startEventSourceMapping() begins', () => {
  test('LATEST: with what comes after the mapping, also after a restart before any batch', async () => {
    stream.put('shard-0', 'before');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const idle = consumer();
    await (await start(idle, { StartingPosition: 'LATEST' })).stop();
    stream.put('shard-0', 'while stopped');
    const probe = consumer();
    await start(probe, { StartingPosition: 'LATEST' });
    stream.put('shard-0', 'after');
    await eventually(() => expect(probe.texts()).toEqual(['while stopped', 'after']));
    expect(idle.received).toHaveLength(0);
  });

  test('AT_TIMESTAMP: with what arrived then or later', async () => {
    let clock = 1000;
    stream = memoryStream(['shard-0'], () => clock);
    stream.put('shard-0', 'early');
    clock = 2000;
    stream.put('shard-0', 'in time');
    const probe = consumer();
    await start(probe, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 2 });
    await eventually(() => expect(probe.texts()).toEqual(['in time']));
  });

  test('after the last checkpoint when it starts again', async () => {
    stream.put('shard-0', 'a', 'b');
    const first = consumer();
    await start(first);
    await eventually(() => expect(first.texts()).toEqual(['a', 'b']));
    await running?.stop();
    stream.put('shard-0', 'c');
    const second = consumer();
    await start(second);
    await eventually(() => expect(second.texts()).toEqual(['c']));
  });

  test('anew when the checkpoints are of another stream', async () => {
    stream.put('shard-0', 'a');
    const first = consumer();
    await start(first);
    await eventually(() => expect(first.texts()).toEqual(['a']));
    await running?.stop();
    const second = consumer();
    await start(second, {
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/other',
    });
    await eventually(() => expect(second.texts()).toEqual(['a']));
  });
});

describe('startEventSourceMapping() after a failure', () => {
  test.each([
    ['null', null],
    ['empty text', ''],
    ['an empty object', {}],
    ['an empty list', []],
    ['no failures', { batchItemFailures: [] }],
    ['null failures', { batchItemFailures: null }],
  ])('takes %s for success', async (_name, payload) => {
    stream.put('shard-0', 'a');
    const probe = consumer(() => success(payload));
    const { status } = await start(probe);
    await eventually(() => expect(status().records).toBe(1));
    expect(status()).toMatchObject({ invocations: 1, errors: 0 });
  });

  test.each([
    ['an empty identifier', failedAt('')],
    ['a null identifier', failedAt(null)],
    ['a number', failedAt(7)],
    ['a record of another batch', failedAt('12345')],
    ['a wrong key', success({ batchItemFailures: [{ id: '1' }] })],
    ['an exception', thrown()],
  ])('repeats the whole batch after %s', async (_name, answer) => {
    stream.put('shard-0', 'a', 'b');
    const probe = consumer((_received, attempt) => (attempt === 1 ? answer : success()));
    await start(probe);
    await eventually(() => expect(probe.received).toHaveLength(2));
    expect(probe.texts()).toEqual(['a', 'b', 'a', 'b']);
  });

  test('ignores item failures of a mapping that does not report them', async () => {
    stream.put('shard-0', 'a');
    const probe = consumer((seen) => failedAt(seen.sequenceNumbers[0]));
    const { status } = await start(probe, { FunctionResponseTypes: [] });
    await eventually(() => expect(status().records).toBe(1));
    expect(status().invocations).toBe(1);
  });

  test('repeats from the lowest failed record on', async () => {
    stream.put('shard-0', ...numbers(1, 6));
    const probe = consumer((seen, attempt) =>
      attempt > 1
        ? success()
        : success({
            batchItemFailures: [5, 3].map((n) => ({ itemIdentifier: seen.sequenceNumbers[n - 1] })),
          }),
    );
    await start(probe);
    await eventually(() => expect(probe.received).toHaveLength(2));
    expect(probe.received[1]?.texts).toEqual(numbers(3, 6));
  });

  test('reports records that failed too often, and goes on behind them', async () => {
    const [first, second] = stream.put('shard-0', 'a', 'b');
    const probe = consumer((seen) => (seen.texts.includes('c') ? success() : thrown()));
    const { status } = await start(probe, { MaximumRetryAttempts: 2, BatchSize: 2 });
    await eventually(() => expect(failures).toHaveLength(1));
    stream.put('shard-0', 'c');
    await eventually(() => expect(probe.texts().at(-1)).toBe('c'));
    expect(failures[0]).toEqual({
      requestContext: {
        requestId: 'request',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:dev-probe',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      KinesisBatchInfo: {
        shardId: 'shard-0',
        startSequenceNumber: first?.sequenceNumber,
        endSequenceNumber: second?.sequenceNumber,
        approximateArrivalOfFirstRecord: expect.stringContaining('T'),
        approximateArrivalOfLastRecord: expect.stringContaining('T'),
        batchSize: 2,
        streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes',
      },
    });
    expect(status()).toMatchObject({ discarded: 2, errors: 3, records: 3 });
  });

  test('names no function error when the function answered with failed items', async () => {
    stream.put('shard-0', 'a');
    await start(
      consumer((seen) => failedAt(seen.sequenceNumbers[0])),
      { MaximumRetryAttempts: 0 },
    );
    await eventually(() =>
      expect(failures).toMatchObject([
        { requestContext: { approximateInvokeCount: 1 }, responseContext: { functionError: null } },
      ]),
    );
  });

  test('gives up records that are too old, without the function’s answer', async () => {
    let clock = 0;
    stream = memoryStream(['shard-0'], () => clock);
    stream.put('shard-0', 'old');
    clock = 100_000;
    stream.put('shard-0', 'young');
    const probe = consumer();
    await start(probe, { MaximumRecordAgeInSeconds: 60 }, { now: () => clock });
    await eventually(() => expect(probe.texts()).toEqual(['young']));
    expect(failures).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded' }, KinesisBatchInfo: { batchSize: 1 } },
    ]);
    expect(failures[0]).not.toHaveProperty('responseContext');
  });

  test('bisects down to the one bad record, and gives up only that', async () => {
    stream.put('shard-0', ...numbers(1, 16));
    const done: string[] = [];
    const probe = consumer((seen) => {
      if (seen.texts.includes('7')) return thrown();
      done.push(...seen.texts);
      return success();
    });
    await start(probe, { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 });
    await eventually(() => expect(done).toHaveLength(15));
    expect(done).toEqual(numbers(1, 16).filter((n) => n !== '7'));
    expect(failures).toMatchObject([
      { requestContext: { approximateInvokeCount: 2 }, KinesisBatchInfo: { batchSize: 1 } },
    ]);
  });

  test('repeats without end, slower and slower, and lets nothing overtake', async () => {
    stream.put('shard-0', 'stuck', 'next');
    const times: number[] = [];
    let healed = false;
    const probe = consumer(() => {
      times.push(performance.now());
      return healed ? success() : thrown();
    });
    await start(probe, { BatchSize: 1 }, { pauseMsMax: 400 });
    await eventually(() => expect(times.length).toBeGreaterThanOrEqual(5));
    expect(new Set(probe.texts())).toEqual(new Set(['stuck']));
    const gaps = times.slice(1, 5).map((time, index) => time - (times[index] ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(95);
    expect(gaps[1]).toBeGreaterThanOrEqual(195);
    expect(gaps[3]).toBeGreaterThanOrEqual(395);
    expect(gaps[3]).toBeLessThan(700);
    healed = true;
    await eventually(() => expect(probe.texts().at(-1)).toBe('next'));
  });

  test('does not count a throttle as an attempt', async () => {
    stream.put('shard-0', 'a');
    const probe = consumer((_seen, attempt) =>
      attempt <= 3 ? { ...thrown(), throttled: true } : success(),
    );
    const { status } = await start(probe, { MaximumRetryAttempts: 0 });
    await eventually(() => expect(status().records).toBe(1));
    expect(status()).toMatchObject({ throttles: 3, errors: 0, discarded: 0 });
  });

  test('holds the shard until the on-failure destination has the report', async () => {
    stream.put('shard-0', 'bad', 'good');
    let refusals = 3;
    const probe = consumer((seen) => (seen.texts.includes('bad') ? thrown() : success()));
    await start(
      probe,
      { BatchSize: 1, MaximumRetryAttempts: 0 },
      {
        onFailure: async (record) => {
          refusals -= 1;
          if (refusals > 0) throw new Error('queue is away');
          failures.push(record);
        },
      },
    );
    await eventually(() => expect(probe.texts().at(-1)).toBe('good'));
    expect(refusals).toBe(0);
    expect(failures).toHaveLength(1);
  });
});

describe('startEventSourceMapping() follows resharding', () => {
  test('a child is read after its parents have ended', async () => {
    stream = memoryStream(['left', 'right'], Date.now);
    let open = false;
    const probe = consumer((seen) => (seen.shardId === 'left' && !open ? thrown() : success()));
    const { status } = await start(probe);
    stream.put('left', 'l');
    stream.put('right', 'r');
    stream.reshard(['left', 'right'], 'merged');
    stream.put('merged', 'm');
    await eventually(() => {
      const states = status().shards.map(({ shardId, state }) => [shardId, state]);
      expect(states).toContainEqual(['right', 'ended']);
      expect(states).toContainEqual(['merged', 'waiting-for-parent']);
    });
    expect(probe.texts()).not.toContain('m');
    open = true;
    await eventually(() => expect(probe.texts().slice(-2)).toEqual(['l', 'm']));
  });

  test('an ended shard stays ended after a restart', async () => {
    stream.put('shard-0', 'a');
    stream.reshard(['shard-0'], 'shard-1');
    stream.put('shard-1', 'b');
    const first = consumer();
    await start(first);
    await eventually(() => expect(first.texts()).toEqual(['a', 'b']));
    await running?.stop();
    const second = consumer();
    const { status } = await start(second);
    stream.put('shard-1', 'c');
    await eventually(() => expect(second.texts()).toEqual(['c']));
    expect(status().shards).toMatchObject([{ state: 'ended' }, { shardId: 'shard-1' }]);
  });
});

describe('startEventSourceMapping() can be made to misbehave', () => {
  test.each<[Fault, string[]]>([
    ['duplicate', ['1', '2', '3', '4', '1', '2', '3', '4']],
    ['zombie', ['1', '2', '3', '4', '1', '2', '3', '4']],
    ['shifted', ['1', '2', '3', '4', '3', '4']],
    ['old-checkpoint', ['1', '2', '3', '4', '1', '2', '3', '4']],
  ])('with the fault %s records come again', async (fault, expected) => {
    const faults: (Fault | undefined)[] = [fault];
    stream.put('shard-0', ...numbers(1, 4));
    const probe = consumer();
    await start(probe, {}, { nextFault: () => faults.shift() });
    await eventually(() => expect(probe.texts()).toEqual(expected));
    stream.put('shard-0', '5');
    await eventually(() => expect(probe.texts()).toEqual([...expected, '5']));
  });
});

describe('startEventSourceMapping() stops', () => {
  test('after the running batch, which counts', async () => {
    stream.put('shard-0', 'a');
    let ended = false;
    await start({
      invoke: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        ended = true;
        return success();
      },
    });
    await eventually(() => expect(running?.status().invocations).toBe(1));
    await running?.stop();
    expect(ended).toBe(true);
    const saved: unknown = JSON.parse(await readFile(checkpointFile, 'utf8'));
    const { sequenceNumber } = stream.records('shard-0')[0] ?? {};
    expect(saved).toMatchObject({ shards: { 'shard-0': { sequenceNumber } } });
  });

  test('within its patience, and the abandoned batch comes again', async () => {
    stream.put('shard-0', 'a');
    await start({ invoke: () => new Promise(() => undefined) });
    await eventually(() => expect(running?.status().invocations).toBe(1));
    const askedAt = performance.now();
    await running?.stop(100);
    expect(performance.now() - askedAt).toBeLessThan(1000);
    const probe = consumer();
    await start(probe);
    await eventually(() => expect(probe.texts()).toEqual(['a']));
  });
});

test('status() tells the age of the last batch when it was done', async () => {
  let clock = 1000;
  stream = memoryStream(['shard-0'], () => clock);
  stream.put('shard-0', 'a');
  clock = 5000;
  const { status } = await start(consumer(), {}, { now: () => clock });
  await eventually(() => expect(status().iteratorAgeMs).toBe(4000));
});
