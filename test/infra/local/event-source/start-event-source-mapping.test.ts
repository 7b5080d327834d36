import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../../../infra/local/event-source/faults.ts';
import { consumer, success, thrown } from './consumer.ts';
import { eventually, type MappingRig, mappingRig, numbers } from './mapping-rig.ts';
import { memoryStream } from './memory-stream.ts';

let rig: MappingRig;
beforeEach(async () => {
  rig = await mappingRig();
});
afterEach(() => rig.remove());

describe('startEventSourceMapping() delivers', () => {
  test('the event as Lambda does', async () => {
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes/consumer/dev-probe:1';
    const events: unknown[] = [];
    const [record] = rig.stream.put('shard-0', Buffer.from([0, 255]));
    await rig.start(
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
    await rig.start(probe);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const putAt = performance.now();
    rig.stream.put('shard-0', 'now');
    await eventually(() => expect(probe.received).toHaveLength(1));
    expect(performance.now() - putAt).toBeLessThan(300);
  });

  describe('what is put after a batch', () => {
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes/consumer/dev-probe:1';
    const filter = {
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"n":[{"exists":true}]}}' }] },
    };

    test.each([
      ['gathers for a standard consumer', {}, true],
      ['comes at once by fan-out', { EventSourceArn: arn }, false],
      ['comes at once to who filters', filter, false],
    ])('%s', async (_name, properties, gathers) => {
      const probe = consumer();
      await rig.start(probe, properties, { gatherMs: 400 });
      const firstAt = performance.now();
      rig.stream.put('shard-0', '{"n":1}');
      await eventually(() => expect(probe.received).toHaveLength(1));
      // Nothing came before: nothing to gather for.
      expect(performance.now() - firstAt).toBeLessThan(300);
      rig.stream.put('shard-0', '{"n":2}');
      await new Promise((resolve) => setTimeout(resolve, 50));
      rig.stream.put('shard-0', '{"n":3}');
      await eventually(() => expect(probe.texts()).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']));
      expect(probe.received).toHaveLength(gathers ? 2 : 3);
      expect(performance.now() - firstAt >= 350).toBe(gathers);
    });

    test('does not wait while there is more to read', async () => {
      rig.stream.put('shard-0', ...numbers(1, 50));
      const probe = consumer();
      const startedAt = performance.now();
      await rig.start(probe, { BatchSize: 10 }, { gatherMs: 2_000 });
      await eventually(() => expect(probe.texts()).toEqual(numbers(1, 50)));
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    });

    test('does not keep a mapping from stopping', async () => {
      const probe = consumer();
      const running = await rig.start(probe, {}, { gatherMs: 60_000 });
      rig.stream.put('shard-0', 'a');
      await eventually(() => expect(probe.received).toHaveLength(1));
      const stoppedAt = performance.now();
      await running.stop();
      expect(performance.now() - stoppedAt).toBeLessThan(1_000);
    });
  });

  test('batches of the size, in order, and never an empty one', async () => {
    rig.stream.put('shard-0', ...numbers(1, 25));
    const probe = consumer();
    await rig.start(probe, { BatchSize: 10 });
    await eventually(() => expect(probe.texts()).toEqual(numbers(1, 25)));
    expect(probe.received.map(({ texts }) => texts.length)).toEqual([10, 10, 5]);
  });

  test('what gathers in the batching window together', async () => {
    const probe = consumer();
    await rig.start(probe, { MaximumBatchingWindowInSeconds: 1, BatchSize: 100 });
    rig.stream.put('shard-0', 'a');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(probe.received).toHaveLength(0);
    rig.stream.put('shard-0', 'b', 'c');
    await eventually(() => expect(probe.received).toMatchObject([{ texts: ['a', 'b', 'c'] }]));
  });

  test('a full batch before its window is over', async () => {
    const probe = consumer();
    await rig.start(probe, { MaximumBatchingWindowInSeconds: 300, BatchSize: 2 });
    rig.stream.put('shard-0', 'a', 'b', 'c');
    await eventually(() => expect(probe.received).toMatchObject([{ texts: ['a', 'b'] }]));
  });

  test('no event above 6 MB', async () => {
    const sizes: number[] = [];
    rig.stream.put('shard-0', ...Array.from({ length: 12 }, () => Buffer.alloc(1_000_000, 'x')));
    const events = { count: 0 };
    await rig.start({
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
    rig.stream.put(
      'shard-0',
      '{"type":"alert","n":1}',
      '{"type":"revenue"}',
      'no json',
      '{"type":"alert","n":2}',
      '1',
    );
    const probe = consumer();
    const { status } = await rig.start(probe, {
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"type":["alert"]}}' }] },
    });
    await eventually(() => expect(status().records).toBe(5));
    expect(probe.texts()).toEqual(['{"type":"alert","n":1}', '{"type":"alert","n":2}']);
    expect(status()).toMatchObject({ filtered: 3, invocations: 1 });
    expect(status().shards[0]?.sequenceNumber).toBe(
      rig.stream.records('shard-0').at(-1)?.sequenceNumber,
    );
  });

  test('nothing when the mapping is not enabled', async () => {
    rig.stream.put('shard-0', 'a');
    const probe = consumer();
    const { status } = await rig.start(probe, { Enabled: false });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(probe.received).toHaveLength(0);
    expect(status().enabled).toBe(false);
  });
});

describe('startEventSourceMapping() begins', () => {
  test('LATEST: with what comes after the mapping, also after a restart before any batch', async () => {
    rig.stream.put('shard-0', 'before');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const idle = consumer();
    await (await rig.start(idle, { StartingPosition: 'LATEST' })).stop();
    rig.stream.put('shard-0', 'while stopped');
    const probe = consumer();
    await rig.start(probe, { StartingPosition: 'LATEST' });
    rig.stream.put('shard-0', 'after');
    await eventually(() => expect(probe.texts()).toEqual(['while stopped', 'after']));
    expect(idle.received).toHaveLength(0);
  });

  test('AT_TIMESTAMP: with what arrived then or later', async () => {
    let clock = 1000;
    rig.stream = memoryStream(['shard-0'], () => clock);
    rig.stream.put('shard-0', 'early');
    clock = 2000;
    rig.stream.put('shard-0', 'in time');
    const probe = consumer();
    await rig.start(probe, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 2 });
    await eventually(() => expect(probe.texts()).toEqual(['in time']));
  });

  test('after the last checkpoint when it starts again', async () => {
    rig.stream.put('shard-0', 'a', 'b');
    const first = consumer();
    await rig.start(first);
    await eventually(() => expect(first.texts()).toEqual(['a', 'b']));
    await rig.running?.stop();
    rig.stream.put('shard-0', 'c');
    const second = consumer();
    await rig.start(second);
    await eventually(() => expect(second.texts()).toEqual(['c']));
  });

  test('anew when the checkpoints are of another stream', async () => {
    rig.stream.put('shard-0', 'a');
    const first = consumer();
    await rig.start(first);
    await eventually(() => expect(first.texts()).toEqual(['a']));
    await rig.running?.stop();
    const second = consumer();
    await rig.start(second, {
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/other',
    });
    await eventually(() => expect(second.texts()).toEqual(['a']));
  });
});

describe('startEventSourceMapping() follows resharding', () => {
  test('a child is read after its parents have ended', async () => {
    rig.stream = memoryStream(['left', 'right'], Date.now);
    let open = false;
    const probe = consumer((seen) => (seen.shardId === 'left' && !open ? thrown() : success()));
    const { status } = await rig.start(probe);
    rig.stream.put('left', 'l');
    rig.stream.put('right', 'r');
    rig.stream.reshard(['left', 'right'], 'merged');
    rig.stream.put('merged', 'm');
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
    rig.stream.put('shard-0', 'a');
    rig.stream.reshard(['shard-0'], 'shard-1');
    rig.stream.put('shard-1', 'b');
    const first = consumer();
    await rig.start(first);
    await eventually(() => expect(first.texts()).toEqual(['a', 'b']));
    await rig.running?.stop();
    const second = consumer();
    const { status } = await rig.start(second);
    rig.stream.put('shard-1', 'c');
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
    rig.stream.put('shard-0', ...numbers(1, 4));
    const probe = consumer();
    await rig.start(probe, {}, { nextFault: () => faults.shift() });
    await eventually(() => expect(probe.texts()).toEqual(expected));
    rig.stream.put('shard-0', '5');
    await eventually(() => expect(probe.texts()).toEqual([...expected, '5']));
  });
});

describe('startEventSourceMapping() stops', () => {
  test('after the running batch, which counts', async () => {
    rig.stream.put('shard-0', 'a');
    let ended = false;
    await rig.start({
      invoke: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        ended = true;
        return success();
      },
    });
    await eventually(() => expect(rig.running?.status().invocations).toBe(1));
    await rig.running?.stop();
    expect(ended).toBe(true);
    const saved: unknown = JSON.parse(await readFile(rig.checkpointFile, 'utf8'));
    const { sequenceNumber } = rig.stream.records('shard-0')[0] ?? {};
    expect(saved).toMatchObject({ shards: { 'shard-0': { sequenceNumber } } });
  });

  test('within its patience, and the abandoned batch comes again', async () => {
    rig.stream.put('shard-0', 'a');
    await rig.start({ invoke: () => new Promise(() => undefined) });
    await eventually(() => expect(rig.running?.status().invocations).toBe(1));
    const askedAt = performance.now();
    await rig.running?.stop(100);
    expect(performance.now() - askedAt).toBeLessThan(1000);
    const probe = consumer();
    await rig.start(probe);
    await eventually(() => expect(probe.texts()).toEqual(['a']));
  });
});

test('status() tells the age of the last batch when it was done', async () => {
  let clock = 1000;
  rig.stream = memoryStream(['shard-0'], () => clock);
  rig.stream.put('shard-0', 'a');
  clock = 5000;
  const { status } = await rig.start(consumer(), {}, { now: () => clock });
  await eventually(() => expect(status().iteratorAgeMs).toBe(4000));
});
