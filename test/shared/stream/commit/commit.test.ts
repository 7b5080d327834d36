import { describe, expect, it } from 'vitest';
import { count } from '../../../../shared/stream/accumulator.ts';
import { latestBy } from '../../../../shared/stream/accumulators/latest-by.ts';
import { Closer } from '../../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import type { EngineParts } from '../../../../shared/stream/parts.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import { unpackControl } from '../../../../shared/stream/state/control.ts';
import { controlKey } from '../../../../shared/stream/state/layout.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import { LimitedStore } from '../../../fixtures/limited-store.ts';

interface Note {
  readonly version: number;
  readonly text: string;
}

const job = windowedJob([loggedSource<Note>('notes')], {
  name: 'notes',
  generation: 1,
  type: 'notes',
  eventTimeMs: ({ version }) => version,
  key: ({ version }) => `note ${version}`,
  window: tumbling(1_000),
  accumulators: {
    notes: count(),
    latest: latestBy(
      ({ version }: Note) => version,
      ({ text }) => text,
    ),
  },
  watermarkDelayMs: 0,
  allowedLatenessMs: 0,
  maxFutureMs: 1_000_000,
  preliminaryEveryMs: 0,
  result: (byKey) => [...byKey.values()].map(({ latest }) => latest?.length),
});

function engine() {
  const store = new LimitedStore();
  const parts: EngineParts = {
    store,
    shards: fixedShards('0'),
    now: () => 0,
    backOff: async () => {},
  };
  const committer = new ShardCommitter(job, { stream: 'notes', shard: '0' }, parts);
  const commit = (texts: readonly string[]) =>
    committer.commit(
      texts.map((_text, index) => ({
        sequenceNumber: String(index + 1),
        data: new Uint8Array([index]),
        arrivalMs: 0,
      })),
      texts.map((text, version) => ({
        kind: 'event',
        event: { version, text },
        id: String(version),
        committedAtMs: undefined,
      })),
    );
  const bring = (sequenceNumbers: readonly number[]) =>
    committer.commit(
      sequenceNumbers.map((number) => ({
        sequenceNumber: String(number),
        data: new Uint8Array(),
        arrivalMs: 0,
      })),
      sequenceNumbers.map((version) => ({
        kind: 'event',
        event: { version, text: '' },
        id: String(version),
        committedAtMs: undefined,
      })),
    );
  return { commit, bring, preview: () => new Closer(job, parts).preview() };
}

describe('ShardCommitter', () => {
  it('takes a record once that a batch repeats, and comes to an end where one lies out of order', async () => {
    const { bring } = engine();
    expect(await bring([1, 2, 2, 1, 3])).toMatchObject({ countedEvents: 3 });
    expect(await bring([5, 4])).toMatchObject({ countedEvents: 2 });
    expect(await bring([5, 4])).toMatchObject({ countedEvents: 0 });
  });

  it('commits in more transactions what is too large for one', async () => {
    const { commit, preview } = engine();
    const texts = Array.from({ length: 50 }, () => '漢'.repeat(30_000));
    expect(await commit(texts)).toMatchObject({ countedEvents: 50, quarantinedRecords: 0 });
    expect((await preview()).emissions).toMatchObject([{ data: texts.map(() => 30_000) }]);
  });

  it('quarantines an event that is too large for any, and goes on', async () => {
    const { commit, preview } = engine();
    const texts = ['first', 'x'.repeat(500_000), 'last'];
    expect(await commit(texts)).toMatchObject({ countedEvents: 2, quarantinedRecords: 1 });
    expect((await preview()).emissions).toMatchObject([{ data: [5, 4] }]);
  });
});

describe('ShardCommitter.forget()', () => {
  it('has a row list open panes alone, though a closer seals it after every batch', async () => {
    const store = new LimitedStore();
    const shards = fixedShards('0');
    const parts: EngineParts = { store, shards, now: () => 0, backOff: async () => {} };
    const shard = { stream: 'notes', shard: '0' };
    const committer = new ShardCommitter(job, shard, parts);
    const closer = new Closer(job, parts);
    for (let second = 0; second < 20; second += 1) {
      const atMs = second * 1_000;
      const event = { version: atMs, text: '' };
      await committer.commit(
        [0, 1].map((index) => ({
          sequenceNumber: String(1 + 2 * second + index),
          data: new Uint8Array(),
          arrivalMs: atMs,
        })),
        [
          { kind: 'event', event, id: String(second), committedAtMs: undefined },
          { kind: 'tick', atMs: atMs + 1_000 },
        ],
      );
      committer.forget((await closer.close()).doneMs);
    }
    const row = await store.get(controlKey(job, shard));
    expect(row && unpackControl(row).panes.size).toBeLessThan(3);
  });
});
