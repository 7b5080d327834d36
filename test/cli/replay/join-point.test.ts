import { describe, expect, it } from 'vitest';
import { findJoinPoints, type JoinPoints } from '../../../cli/replay/join-point.ts';
import { declaredJob } from '../../../shared/jobs/declared-job.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import { orderText, tickText } from '../../fixtures/shop-changes.ts';
import { seenJob } from './seen-job.ts';
import { Tape } from './tape.ts';

const beganMs = Date.UTC(2026, 2, 1);
const at = (seconds: number): number => beganMs + seconds * 1_000;

/** Both streams tick every ten seconds, for what is thirty seconds old. */
function ticking(): Tape {
  const tape = new Tape(7);
  for (let seconds = 0; seconds < 300; seconds += 10) {
    tape.tick('clickstream', clickTickText(at(seconds - 30)), at(seconds));
    tape.tick('shop-changes', tickText(at(seconds - 30)), at(seconds));
  }
  return tape;
}

/** What is noted of clicks; of changes there is nothing. */
const noted = (...facts: readonly (readonly [id: string, seconds: number])[]) =>
  new Map([
    ['clickstream', new Map(facts.map(([id, seconds]) => [id, at(seconds)]))],
    ['shop-changes', new Map()],
  ]);

/** As far as one job may be told. */
const untilOf = ({ untilMs }: JoinPoints) => untilMs.get(seenJob.name);

const find = async (tape: Tape) => {
  const now = () => at(300);
  const cloud = { shards: tape.reader(now), now };
  const { fromMs, facts, ...joins } = await findJoinPoints(cloud, [declaredJob(seenJob)], at(95));
  expect(joins.failures.size).toBe(0);
  return { fromMs, facts, untilMs: untilOf({ fromMs, facts, ...joins }) };
};

describe('findJoinPoints()', () => {
  it('is the first tick less the bound of out-of-orderness, where no fact is older', async () => {
    const tape = ticking();
    tape.put('clickstream', viewText('v', at(90)), at(120), 'v');
    tape.put('clickstream', viewText('earlier', at(0)), at(94), 'earlier');
    expect(await find(tape)).toEqual({
      fromMs: at(95),
      untilMs: at(100 - 30 - 5),
      facts: noted(['v', 90], ['earlier', 0]),
    });
  });

  it('is the oldest fact that came since, but for one that came hours late', async () => {
    const tape = ticking();
    tape.put('shop-changes', orderText(1, at(20)), at(96), '1');
    expect((await find(tape)).untilMs).toBe(at(20));
    tape.put('shop-changes', orderText(2, at(-90_000)), at(97), '2');
    expect((await find(tape)).untilMs).toBe(at(100 - 30 - 5 - 3_600));
  });

  it('passes over what no job counts and no partition holds', async () => {
    const tape = ticking();
    tape.put('clickstream', viewText('future', at(9_000)), at(120), 'v');
    tape.put('clickstream', viewText('ancient', Date.UTC(1999, 0, 1)), at(120), 'v');
    tape.put('clickstream', viewText('told later', at(1), { isBackfill: true }), at(120), 'v');
    tape.put('clickstream', viewText('\ud800', at(90)), at(120), 'v');
    expect((await find(tape)).facts).toEqual(noted());
  });

  it('believes no tick that is ahead of its arrival', async () => {
    const tape = ticking();
    tape.tick('clickstream', clickTickText(Date.UTC(9999, 0, 1)), at(95));
    tape.tick('shop-changes', tickText(Date.UTC(9999, 0, 1)), at(95));
    expect((await find(tape)).untilMs).toBe(at(100 - 30 - 5));
  });

  it('goes by what a capture repeats, where it begins again before its tick has settled', async () => {
    const tape = ticking();
    tape.tick('shop-changes', tickText(at(40)), at(101));
    expect((await find(tape)).untilMs).toBe(at(40 - 5));
  });

  it('follows a shard that ended without a tick to its children', async () => {
    const tape = new Tape(7);
    tape.split('clickstream', at(98));
    for (let seconds = 100; seconds < 300; seconds += 10) {
      tape.tick('clickstream', clickTickText(at(seconds - 30)), at(seconds));
      tape.tick('shop-changes', tickText(at(seconds)), at(seconds));
    }
    const clock = { nowMs: at(97) };
    const shards = tape.reader(() => clock.nowMs);
    const join = findJoinPoints(
      {
        shards: {
          ...shards,
          read: (...args) => {
            clock.nowMs = at(200);
            return shards.read(...args);
          },
        },
        now: () => clock.nowMs,
      },
      [declaredJob(seenJob)],
      at(95),
    );
    expect(untilOf(await join)).toBe(at(100 - 30 - 5));
  });
});
