import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { count } from '../../../../shared/stream/accumulator.ts';
import { KnownIdentities } from '../../../../shared/stream/commit/known-identities.ts';
import { WindowedEffects } from '../../../../shared/stream/commit/paned-effects.ts';
import { Slice } from '../../../../shared/stream/commit/slice.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import type { StreamRecord } from '../../../../shared/stream/record.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import type { Decoded, Source } from '../../../../shared/stream/source.ts';
import {
  beforeAll as beforeAllTime,
  type Control,
  noCounts,
} from '../../../../shared/stream/state/control.ts';
import { Identities } from '../../../../shared/stream/state/identities.ts';
import { tumbling } from '../../../../shared/stream/window.ts';

interface Visit {
  readonly key: string;
  readonly timeMs: number;
}

const source: Source<Visit> = {
  stream: 'visits',
  tickSettleMs: 0,
  decode: (records) => records.map(() => ({ kind: 'ignored' })),
};
const job = windowedJob([source], {
  name: 'visits',
  generation: 1,
  eventTimeMs: ({ timeMs }) => timeMs,
  key: ({ key }) => {
    if (key === 'bad') throw new Error('no such key');
    return key;
  },
  window: tumbling(1_000),
  accumulators: { visits: count() },
  watermarkDelayMs: 100,
  allowedLatenessMs: 500,
  maxFutureMs: 10_000,
  preliminaryEveryMs: 0,
  type: 'visits',
  result: (totals) => [...totals],
});
const fresh: Control = {
  version: 1,
  sequenceNumber: undefined,
  watermarkMs: beforeAllTime,
  sealedMs: beforeAllTime,
  panes: new Map(),
  waiting: undefined,
  counts: noCounts,
  behind: undefined,
};

let sequence = 0;
function record(
  decoded: Decoded<Visit>,
  arrivalMs = 1_000,
  data = new Uint8Array([1, 2]),
): [StreamRecord, Decoded<Visit>] {
  sequence += 1;
  return [{ sequenceNumber: String(sequence), data, arrivalMs }, decoded];
}
function visit(timeMs: number, key = 'a', id = `${key}${timeMs}`) {
  return record({ kind: 'event', event: { key, timeMs }, id, committedAtMs: undefined });
}
function tick(atMs: number, arrivalMs: number) {
  return record({ kind: 'tick', atMs }, arrivalMs);
}
function effectsOf(control: Control, seen: Readonly<Record<number, string>> = {}) {
  const shard = { stream: 'visits', shard: '0' };
  const shards = fixedShards();
  const parts = { store: new MemoryStore(), shards, now: () => 0, backOff: async () => {} };
  const known = new KnownIdentities(job, shard, parts);
  for (const [pane, id] of Object.entries(seen)) {
    const identities = new Identities();
    identities.add(id);
    known.add(Number(pane), identities.pack());
  }
  return new WindowedEffects(job, shard, control, known);
}
function sliceOf(control: Control = fresh, settleMs = 0, effects = effectsOf(control)) {
  return new Slice(job, { stream: 'visits', shard: '0' }, settleMs, control, effects, new Map());
}

describe('Slice', () => {
  it('counts events by pane and key', () => {
    const effects = effectsOf(fresh);
    const slice = sliceOf(fresh, 0, effects);
    for (const timeMs of [0, 999, 1000]) slice.add(...visit(timeMs));
    slice.add(...visit(5, 'b'));
    const puts = effects.writes(2, { first: '1', last: '4' }, 0).map(({ put }) => put);
    expect(puts.map((put) => put?.['totals'])).toEqual([
      '[["a","b"],[2,1]]',
      '[["a"],[1]]',
      undefined,
    ]);
    expect(puts[2]).toMatchObject({ panes: '[[0,3],[1000,1]]' });
    expect(slice.counts.counted).toBe(4);
  });

  it('drops a duplicate, counted before or in the same slice', () => {
    const slice = sliceOf(fresh, 0, effectsOf(fresh, { 0: 'known' }));
    slice.add(...visit(1, 'a', 'known'));
    slice.add(...visit(1, 'a', 'twice'));
    slice.add(...visit(1, 'a', 'twice'));
    expect(slice.counts).toMatchObject({ counted: 1, duplicate: 2 });
  });

  it('keeps a late event apart once its window is sealed, lateness included', () => {
    const slice = sliceOf({ ...fresh, sealedMs: 1_500 });
    slice.add(...visit(999));
    slice.add(...visit(1_000));
    expect(slice.counts).toMatchObject({ counted: 1, late: 1 });
    expect(slice.late[0]).toMatchObject({ stream: 'visits', shard: '0', data: 'AQI=' });
  });

  it('keeps an event from the future apart, and it moves nothing', () => {
    const slice = sliceOf();
    slice.add(...visit(11_001));
    slice.add(...visit(11_000));
    expect(slice.counts).toMatchObject({ counted: 1, future: 1 });
    expect(slice.watermarkMs).toBe(beforeAllTime);
  });

  it('quarantines what cannot be decoded, and what the job cannot take, with the reason', () => {
    const slice = sliceOf();
    slice.add(...record({ kind: 'undecodable', reason: 'not JSON' }));
    slice.add(...visit(1, 'bad'));
    expect(slice.quarantined.map(({ reason }) => reason)).toEqual([
      'not JSON',
      'job visits cannot take the event: no such key',
    ]);
  });

  it('believes a tick at once where the sender waits for every acknowledgement', () => {
    const slice = sliceOf();
    slice.add(...tick(5_000, 0));
    slice.add(...tick(4_000, 1));
    expect(slice.watermarkMs).toBe(4_900);
  });

  it('believes a tick once a newer one has arrived long enough after it', () => {
    const slice = sliceOf(fresh, 2_000);
    slice.add(...tick(1_000, 10_000));
    slice.add(...tick(2_000, 11_000));
    expect(slice.watermarkMs).toBe(beforeAllTime);
    slice.add(...tick(3_000, 12_000));
    expect(slice.watermarkMs).toBe(900);
    slice.add(...tick(4_000, 14_000));
    expect(slice.watermarkMs).toBe(2_900);
  });

  it('starts waiting again when a replay brings an older tick', () => {
    const slice = sliceOf(fresh, 2_000);
    slice.add(...tick(1_000, 10_000));
    slice.add(...tick(500, 11_500));
    slice.add(...tick(2_000, 12_500));
    expect(slice.watermarkMs).toBe(beforeAllTime);
    slice.add(...tick(3_000, 13_500));
    expect(slice.watermarkMs).toBe(400);
  });

  it('ends before its transaction would break the limits of the service', () => {
    const panes = sliceOf();
    let taken = 0;
    while (taken < 10_000 && panes.add(...visit(taken * 1_000 - 20_000_000))) taken += 1;
    expect(taken).toBeLessThanOrEqual(90);

    const poison = sliceOf();
    const large = new Uint8Array(1024 * 1024);
    const reason = 'not JSON';
    while (poison.add(...record({ kind: 'undecodable', reason }, 0, large)));
    expect(JSON.stringify(poison.quarantined).length).toBeLessThan(400 * 1024);
    expect(poison.quarantined[0]?.truncated).toBe(true);
  });

  it('cuts a reason that quotes a large record', () => {
    const slice = sliceOf();
    slice.add(...record({ kind: 'undecodable', reason: `total is ${'9'.repeat(900_000)}` }));
    expect(slice.quarantined[0]?.reason).toMatch(/^total is 9+$/);
    expect(JSON.stringify(slice.quarantined).length).toBeLessThan(10_000);
  });
});
