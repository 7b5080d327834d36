import { describe, expect, it } from 'vitest';
import { findJoinPoint } from '../../../cli/replay/join-point.ts';
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

const find = (tape: Tape) => {
  const now = () => at(300);
  return findJoinPoint({ shards: tape.reader(now), now }, declaredJob(seenJob), at(95));
};

describe('findJoinPoint()', () => {
  it('is the first tick less the bound of out-of-orderness, where no fact is older', async () => {
    const tape = ticking();
    tape.put('clickstream', viewText('v', at(90)), at(120), 'v');
    tape.put('clickstream', viewText('earlier', at(0)), at(94), 'earlier');
    expect(await find(tape)).toEqual({
      fromMs: at(95),
      untilMs: at(100 - 30 - 5),
      facts: new Map([['v', at(90)]]),
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
    expect((await find(tape)).facts).toEqual(new Map());
  });
});
