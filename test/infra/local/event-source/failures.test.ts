import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consumer, failedAt, success, thrown } from './consumer.ts';
import { eventually, type MappingRig, mappingRig, numbers } from './mapping-rig.ts';
import { memoryStream } from './memory-stream.ts';

let rig: MappingRig;
beforeEach(async () => {
  rig = await mappingRig();
});
afterEach(() => rig.remove());

describe('startEventSourceMapping() after a failure', () => {
  test.each([
    ['null', null],
    ['empty text', ''],
    ['an empty object', {}],
    ['an empty list', []],
    ['no failures', { batchItemFailures: [] }],
    ['null failures', { batchItemFailures: null }],
  ])('takes %s for success', async (_name, payload) => {
    rig.stream.put('shard-0', 'a');
    const probe = consumer(() => success(payload));
    const { status } = await rig.start(probe);
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
    rig.stream.put('shard-0', 'a', 'b');
    const probe = consumer((_received, attempt) => (attempt === 1 ? answer : success()));
    await rig.start(probe);
    await eventually(() => expect(probe.received).toHaveLength(2));
    expect(probe.texts()).toEqual(['a', 'b', 'a', 'b']);
  });

  test('ignores item failures of a mapping that does not report them', async () => {
    rig.stream.put('shard-0', 'a');
    const probe = consumer((seen) => failedAt(seen.sequenceNumbers[0]));
    const { status } = await rig.start(probe, { FunctionResponseTypes: [] });
    await eventually(() => expect(status().records).toBe(1));
    expect(status().invocations).toBe(1);
  });

  test('repeats from the lowest failed record on', async () => {
    rig.stream.put('shard-0', ...numbers(1, 6));
    const probe = consumer((seen, attempt) =>
      attempt > 1
        ? success()
        : success({
            batchItemFailures: [5, 3].map((n) => ({ itemIdentifier: seen.sequenceNumbers[n - 1] })),
          }),
    );
    await rig.start(probe);
    await eventually(() => expect(probe.received).toHaveLength(2));
    expect(probe.received[1]?.texts).toEqual(numbers(3, 6));
  });

  test('reports records that failed too often, and goes on behind them', async () => {
    const [first, second] = rig.stream.put('shard-0', 'a', 'b');
    const probe = consumer((seen) => (seen.texts.includes('c') ? success() : thrown()));
    const { status } = await rig.start(probe, { MaximumRetryAttempts: 2, BatchSize: 2 });
    await eventually(() => expect(rig.failures).toHaveLength(1));
    rig.stream.put('shard-0', 'c');
    await eventually(() => expect(probe.texts().at(-1)).toBe('c'));
    expect(rig.failures[0]).toEqual({
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
    rig.stream.put('shard-0', 'a');
    await rig.start(
      consumer((seen) => failedAt(seen.sequenceNumbers[0])),
      { MaximumRetryAttempts: 0 },
    );
    await eventually(() =>
      expect(rig.failures).toMatchObject([
        { requestContext: { approximateInvokeCount: 1 }, responseContext: { functionError: null } },
      ]),
    );
  });

  test('gives up records that are too old, without the function’s answer', async () => {
    let clock = 0;
    rig.stream = memoryStream(['shard-0'], () => clock);
    rig.stream.put('shard-0', 'old');
    clock = 100_000;
    rig.stream.put('shard-0', 'young');
    const probe = consumer();
    await rig.start(probe, { MaximumRecordAgeInSeconds: 60 }, { now: () => clock });
    await eventually(() => expect(probe.texts()).toEqual(['young']));
    expect(rig.failures).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded' }, KinesisBatchInfo: { batchSize: 1 } },
    ]);
    expect(rig.failures[0]).not.toHaveProperty('responseContext');
  });

  test('bisects down to the one bad record, and gives up only that', async () => {
    rig.stream.put('shard-0', ...numbers(1, 16));
    const done: string[] = [];
    const probe = consumer((seen) => {
      if (seen.texts.includes('7')) return thrown();
      done.push(...seen.texts);
      return success();
    });
    await rig.start(probe, { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 });
    await eventually(() => expect(done).toHaveLength(15));
    expect(done).toEqual(numbers(1, 16).filter((n) => n !== '7'));
    expect(rig.failures).toMatchObject([
      { requestContext: { approximateInvokeCount: 2 }, KinesisBatchInfo: { batchSize: 1 } },
    ]);
  });

  test('repeats without end, slower and slower, and lets nothing overtake', async () => {
    rig.stream.put('shard-0', 'stuck', 'next');
    const times: number[] = [];
    let healed = false;
    const probe = consumer(() => {
      times.push(performance.now());
      return healed ? success() : thrown();
    });
    await rig.start(probe, { BatchSize: 1 }, { pauseMsMax: 400 });
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
    rig.stream.put('shard-0', 'a');
    const probe = consumer((_seen, attempt) =>
      attempt <= 3 ? { ...thrown(), throttled: true } : success(),
    );
    const { status } = await rig.start(probe, { MaximumRetryAttempts: 0 });
    await eventually(() => expect(status().records).toBe(1));
    expect(status()).toMatchObject({ throttles: 3, errors: 0, discarded: 0 });
  });

  test('holds the shard until the on-failure destination has the report', async () => {
    rig.stream.put('shard-0', 'bad', 'good');
    let refusals = 3;
    const probe = consumer((seen) => (seen.texts.includes('bad') ? thrown() : success()));
    await rig.start(
      probe,
      { BatchSize: 1, MaximumRetryAttempts: 0 },
      {
        onFailure: async (record) => {
          refusals -= 1;
          if (refusals > 0) throw new Error('queue is away');
          rig.failures.push(record);
        },
      },
    );
    await eventually(() => expect(probe.texts().at(-1)).toBe('good'));
    expect(refusals).toBe(0);
    expect(rig.failures).toHaveLength(1);
  });
});
