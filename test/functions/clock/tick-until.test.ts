import { describe, expect, it } from 'vitest';
import { tickUntil } from '../../../functions/clock/tick-until.ts';

/** A stream whose clock moves only by sleeping and by puts that take their time. */
function stream(options: { putMs?: number; fails?: (put: number) => boolean } = {}) {
  const ticks: [string, number][] = [];
  const errors: unknown[] = [];
  const shards = ['0', '9'];
  let nowMs = 1_000;
  let puts = 0;
  const ticked = {
    now: () => nowMs,
    sleep: async (milliseconds: number) => {
      nowMs += milliseconds;
    },
    openShards: async () => [...shards],
    put: async (hashKey: string, { at }: { readonly at: number }) => {
      puts += 1;
      nowMs += options.putMs ?? 0;
      if (options.fails?.(puts)) throw new Error('throttled');
      ticks.push([hashKey, at]);
    },
    onError: (error: unknown) => errors.push(error),
  };
  return { ticked, ticks, errors, shards, nowMs: () => nowMs };
}

describe('tickUntil()', () => {
  it('puts the same instant into every open shard, at every interval', async () => {
    const { ticked, ticks } = stream();
    await tickUntil(16_000, 5_000, ticked);
    expect(ticks).toEqual([
      ['0', 1_000],
      ['9', 1_000],
      ['0', 6_000],
      ['9', 6_000],
      ['0', 11_000],
      ['9', 11_000],
    ]);
  });

  it('finds shards that were opened meanwhile', async () => {
    const { ticked, ticks, shards } = stream();
    const put = ticked.put;
    ticked.put = async (hashKey, tick) => {
      await put(hashKey, tick);
      if (hashKey === '9') shards.splice(0, 2, '5');
    };
    await tickUntil(7_000, 5_000, ticked);
    expect(ticks.map(([hashKey]) => hashKey)).toEqual(['0', '9', '5']);
  });

  it('tells of a tick that fails, and ticks on', async () => {
    const { ticked, ticks, errors } = stream({ fails: (put) => put === 1 });
    await tickUntil(7_000, 5_000, ticked);
    expect(errors).toEqual([new Error('throttled')]);
    expect(ticks).toEqual([
      ['0', 6_000],
      ['9', 6_000],
    ]);
  });

  it('makes up for no tick that came due while one took too long, and ends in time', async () => {
    const { ticked, ticks, nowMs } = stream({ putMs: 6_000 });
    await tickUntil(31_000, 5_000, ticked);
    expect(ticks.map(([, at]) => at)).toEqual([1_000, 1_000, 16_000, 16_000]);
    expect(nowMs()).toBeLessThan(31_000 + 12_000);
  });
});
