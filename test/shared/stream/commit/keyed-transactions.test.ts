import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { type Emission, keysPerEventMax, multiKeyedJob } from '../../../../shared/stream/job.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import {
  outboxPartition,
  quarantinePartition,
  rowKey,
  wholePartition,
} from '../../../../shared/stream/state/layout.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import { LimitedStore } from '../../../fixtures/limited-store.ts';

interface Touch {
  readonly id: string;
  readonly keys: readonly string[];
  /** Of how many of its keys it changes what is remembered; the others it only looks at. */
  readonly changed: number;
  readonly says: number;
  /** Text that its changed keys remember from then on. */
  readonly text: string;
  readonly isFault: boolean;
}

type Remembered = { readonly touches: number; readonly text: string };

/** What an event makes of what it sees: the same for the engine and for the list of what is to be. */
function evaluate(touch: Touch, states: ReadonlyMap<string, Remembered>) {
  const { id, keys, changed, says, text } = touch;
  const seen = keys.map((key) => states.get(key)?.touches ?? 0);
  if (touch.isFault) throw new RangeError(`${id} saw ${seen.join()}`);
  const next = keys
    .slice(0, changed)
    .map((key, index) => [key, { touches: (seen[index] ?? 0) + 1, text }] as const);
  const emissions = Array.from(
    { length: says },
    (_, index): Emission => ({
      id: `${id}|${index}`,
      type: 'seen',
      revision: 1,
      entity: id,
      data: seen,
    }),
  );
  return { states: new Map(next), emissions };
}

const job = multiKeyedJob([loggedSource<Touch>('touches')], {
  name: 'touches',
  generation: 1,
  eventTimeMs: () => 0,
  keys: ({ keys }) => keys,
  stateTtlMs: 1_000,
  watermarkDelayMs: 0,
  allowedLatenessMs: 0,
  maxFutureMs: 1_000,
  evaluate,
});

const names = Array.from({ length: 120 }, (_, index) => `key ${index}`);
/** Of a letter that takes three bytes, so that characters and bytes are far apart. */
const texts = fc.constantFrom(0, 0, 0, 10, 70_000).map((length) => '€'.repeat(length));
const touches = fc.array(
  fc
    .record({
      // Some come again: of their keys nothing is to be decided.
      id: fc.nat(60).map(String),
      keys: fc.uniqueArray(fc.constantFrom(...names), {
        minLength: 1,
        maxLength: keysPerEventMax,
        size: 'max',
      }),
      changed: fc.nat(keysPerEventMax),
      says: fc.constantFrom(0, 0, 1, 2, 50),
      text: texts,
      isFault: fc.constantFrom(false, false, true),
    })
    .map((touch): Touch => ({ ...touch, changed: Math.min(touch.changed, touch.keys.length) })),
  { minLength: 1, maxLength: 80, size: 'max' },
);

it('events of many keys that say much are cut into transactions that DynamoDB takes, and each sees what those before it left', async () => {
  await fc.assert(
    fc.asyncProperty(touches, async (all) => {
      const store = new LimitedStore();
      const committer = new ShardCommitter(
        job,
        { stream: 'touches', shard: '0' },
        { store, shards: fixedShards('0'), now: () => 0, backOff: async () => {} },
      );
      await committer.commit(
        all.map((_, index) => ({
          sequenceNumber: String(index + 1),
          data: new Uint8Array(),
          arrivalMs: 0,
        })),
        all.map((event) => ({ kind: 'event', event, id: event.id, committedAtMs: undefined })),
      );

      const remembered = new Map<string, Remembered>();
      const said = new Map<string, unknown>();
      const refused: string[] = [];
      const counted = new Set<string>();
      for (const touch of all) {
        if (counted.has(touch.id)) continue;
        try {
          const { states, emissions } = evaluate(touch, remembered);
          counted.add(touch.id);
          for (const [key, state] of states) remembered.set(key, state);
          for (const { id, data } of emissions) said.set(id, data);
        } catch (error) {
          refused.push(String(error instanceof Error && error.message));
        }
      }
      for (const name of names) {
        const item = await store.get(rowKey(job, name));
        const state = item && JSON.parse(String(item.attributes['state'])).state;
        expect(state).toEqual(remembered.get(name));
      }
      const outbox = await store.query(outboxPartition(job), wholePartition);
      const told = outbox.map(({ attributes }) => JSON.parse(String(attributes['emission'])));
      expect(new Map(told.map(({ id, data }) => [id, data]))).toEqual(said);
      const aside = await store.query(quarantinePartition(job), wholePartition);
      const reasons = aside.flatMap(({ attributes }) => JSON.parse(String(attributes['records'])));
      expect(reasons.map(({ reason }) => reason.split('event: ')[1])).toEqual(refused);
    }),
    { numRuns: 30 },
  );
}, 60_000);
