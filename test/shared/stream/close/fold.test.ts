import { describe, expect, it } from 'vitest';
import { topK } from '../../../../shared/stream/accumulators/top-k.ts';
import { Closer } from '../../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import type { EngineParts } from '../../../../shared/stream/parts.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import type { Decoded } from '../../../../shared/stream/source.ts';
import {
  RefusedError,
  type StateStore,
  type Write,
} from '../../../../shared/stream/state-store.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import { LimitedStore } from '../../../fixtures/limited-store.ts';

interface Sale {
  readonly key: string;
  readonly product: string;
}

const job = windowedJob([loggedSource<Sale>('sales')], {
  name: 'sales',
  generation: 1,
  type: 'sales',
  eventTimeMs: () => 1,
  key: ({ key }) => key,
  window: tumbling(1_000),
  accumulators: { top: topK(1, ({ product }: Sale) => product) },
  watermarkDelayMs: 0,
  allowedLatenessMs: 0,
  maxFutureMs: 1_000_000,
  preliminaryEveryMs: undefined,
  result: (byKey) => [...byKey].map(([key, { top }]) => [key, top[0]?.item]).sort(),
});

/** Commits sales in batches, lets time pass, and tells what a closer says that remembers nothing. */
async function told(
  sales: readonly Sale[],
  store: StateStore = new LimitedStore(),
): Promise<unknown[]> {
  const parts: EngineParts = {
    store,
    shards: fixedShards('0'),
    now: () => 0,
    backOff: async () => {},
  };
  const committer = new ShardCommitter(job, { stream: 'sales', shard: '0' }, parts);
  let sequence = 0;
  const commit = (decoded: readonly Decoded<Sale>[]) =>
    committer.commit(
      decoded.map(() => {
        sequence += 1;
        return { sequenceNumber: String(sequence), data: new Uint8Array(), arrivalMs: 0 };
      }),
      decoded,
    );
  for (let from = 0; from < sales.length; from += 1_000) {
    await commit(
      sales.slice(from, from + 1_000).map((event, index) => ({
        kind: 'event',
        event,
        id: `${from + index}`,
        committedAtMs: undefined,
      })),
    );
  }
  await commit([{ kind: 'tick', atMs: 500 }]);
  await new Closer(job, parts).close();
  await commit([{ kind: 'tick', atMs: 1_000 }]);
  const { emissions } = await new Closer(job, parts).close();
  return emissions.flatMap(({ data }) => data);
}

/** Always somebody else writes the same base. */
class ContendedStore extends LimitedStore {
  override async transact(writes: readonly Write[]): Promise<void> {
    const isSegment = writes.some(({ key }) => key.sk.startsWith('SEGMENT#'));
    if (isSegment) throw new RefusedError('another transaction was in the way');
    return super.transact(writes);
  }
}

describe('Folder', () => {
  it('tells a window whose base another transaction was in the way of', async () => {
    const sales = Array.from({ length: 9_000 }, (_, index) => ({
      key: String(index).padStart(4, '0'),
      product: 'tea',
    }));
    const wanted = sales.map(({ key, product }) => [key, product]);
    expect(await told(sales, new ContendedStore())).toEqual(wanted);
  });

  it('folds keys whose text takes several bytes a character', async () => {
    const sales = Array.from({ length: 9_000 }, (_, index) => ({
      key: `${String(index).padStart(4, '0')}${'漢'.repeat(50)}`,
      product: '茶',
    }));
    expect(await told(sales)).toEqual(sales.map(({ key, product }) => [key, product]));
  });

  it('tells a window whose state of one key is larger than an item', async () => {
    const sales = Array.from({ length: 40_000 }, (_, index) => ({
      key: 'all',
      product: `product ${index}`,
    }));
    const best = { key: 'all', product: 'product 77' };
    expect(await told([...sales, best])).toEqual([['all', 'product 77']]);
  });
});
