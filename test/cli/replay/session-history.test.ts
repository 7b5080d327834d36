import { expect, it } from 'vitest';
import { tellerOf } from '../../../cli/replay/tell-history.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { catchUp } from '../../../shared/jobs/catch-up.ts';
import { shardsOfRun } from '../../../shared/jobs/run-shards.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { count } from '../../../shared/stream/accumulator.ts';
import { Closer } from '../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import { sessionJob } from '../../../shared/stream/job.ts';
import { newJobRow } from '../../../shared/stream/state/control.ts';
import { beginInPast, endHistory, readJobRow } from '../../../shared/stream/state/operate.ts';
import { session } from '../../../shared/stream/window.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import { storedResults } from '../../fixtures/engine-rows.ts';
import { Tape } from './tape.ts';

const source = clicks(['view']);
const job = sessionJob([source], {
  name: 'visits',
  generation: 2,
  eventTimeMs: ({ occurredAtMs }) => occurredAtMs,
  key: (click) => click.session,
  window: session(60_000),
  accumulators: { views: count() },
  watermarkDelayMs: 5_000,
  allowedLatenessMs: 0,
  maxFutureMs: 60_000,
  type: 'visits',
  result: (_, { views }) => views,
});

const at = (seconds: number): number => Date.UTC(2026, 2, 1) + seconds * 1_000;
const untilMs = at(995);

it('a session that begins in the history and goes on in the stream is one, copies left out', async () => {
  const tape = new Tape(2);
  const told = (name: string, seconds: number) => viewText(name, at(seconds));
  const inLake = { a: 100, b: 900, c: 950, d: 1_000, e: 1_030 };
  const inStream = { d: 1_000, e: 1_030, f: 1_080 };
  for (const [name, seconds] of Object.entries(inStream)) {
    tape.put('clickstream', told(name, seconds), at(seconds + 1), name);
  }
  for (let seconds = 1_000; seconds < 1_500; seconds += 10) {
    tape.tick('clickstream', clickTickText(at(seconds)), at(seconds));
  }
  const now = () => at(2_000);
  const engine = { store: new MemoryStore(), now, backOff: async () => {} };
  const { store } = engine;
  const history = { sinceMs: undefined, untilMs, told: false };
  await beginInPast(store, job, { fromMs: untilMs, status: 'running', history }, now());

  const teller = tellerOf({ ...engine, isShadow: async () => true }, job, untilMs);
  await teller.tell(
    Object.entries(inLake).map(([id, seconds]) => ({
      ...{ stream: 'clickstream', id, atMs: at(seconds), arrivalMs: at(seconds + 1) },
      ...{ isBackfill: false, data: Buffer.from(told(id, seconds)) },
    })),
  );
  await teller.end();
  await endHistory(store, job);

  const row = (await readJobRow(store, job)) ?? newJobRow;
  const shards = shardsOfRun(tape.reader(now), () => row);
  const from = { stream: 'clickstream', shard: '0' };
  const committer = new ShardCommitter(job, from, { ...engine, shards });
  const onCommit = async () => undefined;
  await catchUp({ from, source, committer, shards, goesOn: () => true, onCommit });
  await new Closer(job, { ...engine, shards }).close();

  expect(await storedResults(job, store)).toEqual([
    { window: { startMs: at(100), endMs: at(160) }, data: 1 },
    { window: { startMs: at(900), endMs: at(1_140) }, data: 5 },
  ]);
});
