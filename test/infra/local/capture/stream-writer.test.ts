import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type QueueEntry, takeRequest } from '../../../../infra/local/capture/sender.ts';
import {
  recordBytes,
  requestBytesMax,
  requestRecordsMax,
  toRepeat,
} from '../../../../infra/local/capture/stream-writer.ts';

const entry: fc.Arbitrary<QueueEntry> = fc
  .oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        tick: fc.constant(false),
        size: fc.integer({ min: 1, max: 1_000_000 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ tick: fc.constant(true), size: fc.constant(200) }) },
  )
  .map(({ tick, size }) => ({ tick, data: Buffer.alloc(size), partitionKey: 'key' }));
const commit: fc.Arbitrary<QueueEntry> = fc
  .bigInt({ min: 1n, max: 1_000n })
  .map((lsn) => ({ commit: { lsn, commitTimeMs: 0, previous: undefined } }));
const queues = fc.oneof(
  fc.array(fc.oneof({ weight: 4, arbitrary: entry }, { weight: 1, arbitrary: commit }), {
    maxLength: 40,
  }),
  fc
    .integer({ min: 490, max: 1_100 })
    .map((length) =>
      Array.from(
        { length },
        (): QueueEntry => ({ tick: false, data: Buffer.alloc(3), partitionKey: 'k' }),
      ),
    ),
);

test('takeRequest() cuts any queue into requests within the limits, in order, ticks apart', () => {
  fc.assert(
    fc.property(queues, (queue) => {
      const sent: QueueEntry[] = [];
      let left = queue;
      let last: QueueEntry | undefined;
      while (left.length > 0) {
        const { records, taken, commit: covered } = takeRequest(left);
        expect(taken).toBeGreaterThan(0);
        expect(records.length).toBeLessThanOrEqual(requestRecordsMax);
        expect(new Set(records.map(({ tick }) => tick)).size).toBeLessThanOrEqual(1);
        const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
        expect(bytes).toBeLessThanOrEqual(requestBytesMax);
        const part = left.slice(0, taken);
        expect(records).toEqual(part.filter((each) => 'data' in each));
        last = part.findLast((each) => 'commit' in each);
        expect(covered).toBe(last !== undefined && 'commit' in last ? last.commit : undefined);
        sent.push(...part);
        left = left.slice(taken);
      }
      expect(sent).toEqual(queue);
    }),
  );
});

test('toRepeat() repeats a refused entry with all that followed under its key, and nothing else', () => {
  const entries = fc.array(
    fc.record({ partitionKey: fc.constantFrom('a', 'b', 'c'), refused: fc.boolean() }),
  );
  fc.assert(
    fc.property(entries, (all) => {
      const again = toRepeat(all, (index) => all[index]?.refused === true);
      for (const key of ['a', 'b', 'c']) {
        const ofKey = all.filter(({ partitionKey }) => partitionKey === key);
        const first = ofKey.findIndex(({ refused }) => refused);
        const expected = first < 0 ? [] : ofKey.slice(first);
        expect(again.filter(({ partitionKey }) => partitionKey === key)).toEqual(expected);
      }
    }),
  );
});
