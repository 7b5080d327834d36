import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Agenda } from '../../../cli/shoppers/agenda.ts';
import { liveClock, ownClock } from '../../../cli/shoppers/shop-clock.ts';
import { TimeQueue } from '../../../cli/shoppers/time-queue.ts';

const forever = new AbortController().signal;
const unbound = { ratePerSecond: Number.POSITIVE_INFINITY, concurrency: 4, signal: forever };

test('TimeQueue gives items in the order of their times, equal ones as they came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const queue = new TimeQueue<string>();
      for (const [place, atMs] of times.entries()) queue.add(atMs, `${atMs} ${place}`);
      const taken = Array.from({ length: queue.size }, () => queue.take());
      const expected = times
        .map((atMs, place) => ({ atMs, place }))
        .sort((a, b) => a.atMs - b.atMs || a.place - b.place);
      expect(taken).toEqual(expected.map(({ atMs, place }) => `${atMs} ${place}`));
      expect(queue.take()).toBeUndefined();
    }),
  );
});

test('Agenda begins things in the order of their time, also those added on the way', async () => {
  const clock = ownClock(1_000_000, 10_000, Number.POSITIVE_INFINITY);
  const agenda = new Agenda({ ...unbound, clock, concurrency: 1 });
  const begun: number[] = [];
  for (const atMs of [995_000, 991_000, 999_000]) {
    agenda.add(atMs, async () => {
      begun.push(atMs);
      if (atMs < 996_000) agenda.add(atMs + 3_500, async () => void begun.push(atMs + 3_500));
    });
  }
  agenda.add(1_000_001, async () => void begun.push(Number.NaN)); // after the end
  await agenda.run();
  expect(begun).toEqual([991_000, 994_500, 995_000, 998_500, 999_000]);
});

test('Agenda keeps to rate and concurrency', async () => {
  const clock = ownClock(1_000_000, 10_000, Number.POSITIVE_INFINITY);
  const agenda = new Agenda({ ...unbound, clock, ratePerSecond: 50, concurrency: 3 });
  let [underWay, most] = [0, 0];
  for (let place = 0; place < 20; place++) {
    agenda.add(clock.fromMs + place, async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 55));
      underWay--;
    });
  }
  const startedMs = performance.now();
  await agenda.run();
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(19 * 20);
  expect(most).toBeLessThanOrEqual(3);
  expect(most).toBeGreaterThan(1);
});

test('Agenda waits for its time, ends early when it is told to, and tells faults', async () => {
  const nowMs = Date.now();
  const stopping = new AbortController();
  const agenda = new Agenda({
    ...unbound,
    clock: liveClock(nowMs, 60_000),
    signal: stopping.signal,
  });
  const atMs: number[] = [];
  agenda.add(nowMs + 120, async () => void atMs.push(Date.now()));
  agenda.add(nowMs + 30_000, async () => void atMs.push(Date.now()));
  setTimeout(() => stopping.abort(), 300);
  await agenda.run();
  expect(atMs).toHaveLength(1);
  expect(atMs[0]).toBeGreaterThanOrEqual(nowMs + 119);
  expect(Date.now() - nowMs).toBeLessThan(5_000);

  const faulty = new Agenda({ ...unbound, clock: ownClock(nowMs, 1_000, 1) });
  faulty.add(nowMs - 1_000, () => Promise.reject(new Error('broken')));
  await expect(faulty.run()).rejects.toThrow('broken');
});

test('shop clocks know how long an instant is away', () => {
  const live = liveClock(5_000, 60_000);
  expect([live.fromMs, live.toMs, live.isOwn]).toEqual([5_000, 65_000, false]);
  expect(live.waitMs(7_000, 5_500)).toBe(1_500);
  expect(live.waitMs(7_000, 8_000)).toBe(0);
  const own = ownClock(1_000_000, 600_000, 60);
  expect([own.fromMs, own.toMs, own.isOwn]).toEqual([400_000, 1_000_000, true]);
  expect(own.waitMs(400_000, 1_000_000)).toBe(0);
  expect(own.waitMs(460_000, 1_000_000)).toBe(1_000);
  expect(own.waitMs(460_000, 1_000_400)).toBe(600);
  expect(ownClock(9, 9, Number.POSITIVE_INFINITY).waitMs(9, 9)).toBe(0);
});
