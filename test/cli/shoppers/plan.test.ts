import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionShares, actions } from '../../../cli/shoppers/actions.ts';
import { type PlanOptions, planSessions } from '../../../cli/shoppers/plan.ts';
import { purposes, sessionsPerThousand } from '../../../cli/shoppers/purposes.ts';

const dayMs = 24 * 3_600_000;
const minuteMs = 60_000;
const endMs = Date.UTC(2026, 4, 20, 11, 30);

/** Thirty days of sessions of up to 25 minutes. */
function days(sessions: number, seed: number, rest: Partial<PlanOptions> = {}): PlanOptions {
  const span = { fromMs: endMs - 30 * dayMs, toMs: endMs };
  return { seed, sessions, ...span, sessionMaxMs: 25 * minuteMs, fraudShare: 0.01, ...rest };
}

const anyOptions = fc
  .record({
    seed: fc.nat(2 ** 32 - 1),
    sessions: fc.integer({ min: 1, max: 120 }),
    spanMs: fc.integer({ min: 10_000, max: 40 * dayMs }),
    sessionMs: fc.integer({ min: 1, max: 30 * minuteMs }),
    toMs: fc.integer({ min: endMs, max: endMs + 9 * dayMs }),
    fraudShare: fc.constantFrom(0, 0.01, 0.3, 1),
  })
  .map(({ spanMs, sessionMs, toMs, ...rest }) => ({
    ...rest,
    toMs,
    fromMs: toMs - spanMs,
    sessionMaxMs: Math.min(spanMs, sessionMs),
  }));

/** What is left when everything is as expected: below this with a probability of 99.9 %. */
function chiSquared(observed: readonly number[], shares: readonly number[]): number {
  const all = observed.reduce((sum, count) => sum + count, 0);
  return observed.reduce((sum, count, place) => {
    const expected = all * (shares[place] ?? 0);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

test('planSessions() draws the six actions by their weights, over all purposes together', () => {
  const { sessions } = planSessions(days(12_000, 7));
  const drawn = sessions.flatMap((session) => session.actions.map(({ action }) => action));
  expect(drawn.length).toBeGreaterThan(100_000);
  const observed = actions.map((action) => drawn.filter((each) => each === action).length);
  const shares = actions.map((action) => actionShares[action]);
  expect(chiSquared(observed, shares)).toBeLessThan(20.5); // five degrees of freedom
  for (const [place, action] of actions.entries()) {
    expect((observed[place] ?? 0) / drawn.length, action).toBeCloseTo(actionShares[action], 2);
  }
});

test('planSessions() gives sessions a purpose, and buyers order more often', () => {
  const { sessions } = planSessions(days(12_000, 7));
  for (const purpose of purposes) {
    const count = sessions.filter((session) => session.purpose === purpose).length;
    const expected = (12_000 * sessionsPerThousand(purpose)) / 1_000;
    expect(Math.abs(count - expected), purpose).toBeLessThanOrEqual(1);
  }
  const ordersOf = (wanted: string) => {
    const drawn = sessions
      .filter(({ purpose }) => purpose === wanted)
      .flatMap((session) => session.actions);
    return drawn.filter(({ action }) => action === 'placeOrder').length / drawn.length;
  };
  expect(ordersOf('buy')).toBeGreaterThan(10 * ordersOf('browse'));
});

test('planSessions() follows the rhythm of day and week', () => {
  const { sessions } = planSessions(days(20_000, 3));
  const hourOf = ({ startMs }: { startMs: number }) => new Date(startMs).getUTCHours();
  const night = sessions.filter((session) => hourOf(session) < 6).length;
  const evening = sessions.filter((session) => hourOf(session) >= 18).length;
  expect(evening).toBeGreaterThan(6 * night);
  const perDay = (weekday: number) => {
    const on = sessions.filter(({ startMs }) => new Date(startMs).getUTCDay() === weekday);
    const dates = new Set(on.map(({ startMs }) => Math.floor(startMs / dayMs)));
    return on.length / dates.size;
  };
  expect(perDay(0)).toBeGreaterThan(1.1 * perDay(2));
});

test('planSessions() lets people come back, some of them often', () => {
  const { shoppers, sessions } = planSessions(days(3_000, 5));
  expect(shoppers.length).toBeGreaterThan(400);
  expect(shoppers.length).toBeLessThan(1_200);
  const visits = new Map<number, number>();
  for (const { shopper } of sessions) visits.set(shopper, (visits.get(shopper) ?? 0) + 1);
  expect(Math.max(...visits.values())).toBeGreaterThan(20);
});

test('planSessions() plans the same for the same seed, and other sessions for another', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      expect(planSessions(options)).toEqual(planSessions(options));
    }),
    { numRuns: 30 },
  );
  expect(planSessions(days(50, 1))).not.toEqual(planSessions(days(50, 2)));
});

test('planSessions() draws the same purposes and actions whenever it is', () => {
  const drawn = (options: PlanOptions) =>
    planSessions(options)
      .sessions.toSorted((a, b) => a.draw - b.draw)
      .map(({ purpose, actions: all }) => [purpose, all.map(({ action, seed }) => [action, seed])]);
  fc.assert(
    fc.property(anyOptions, fc.integer({ min: 1, max: 400 * dayMs }), (options, laterMs) => {
      const { fromMs, toMs } = options;
      const later = { ...options, fromMs: fromMs + laterMs, toMs: toMs + laterMs };
      expect(drawn(later)).toEqual(drawn(options));
    }),
    { numRuns: 30 },
  );
});

test('planSessions() keeps sessions, actions and orders in their span, and people in one place', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const { shoppers, sessions } = planSessions(options);
      expect(sessions).toHaveLength(options.sessions);
      const busyUntilMs = new Map<number, number>();
      let beforeMs = options.fromMs;
      for (const { startMs, lengthMs, shopper, actions: all, fraudOrders } of sessions) {
        const finishMs = startMs + lengthMs;
        expect(startMs).toBeGreaterThanOrEqual(beforeMs);
        expect(finishMs).toBeLessThanOrEqual(options.toMs);
        expect(lengthMs).toBeLessThanOrEqual(options.sessionMaxMs);
        const instants = all.map(({ atMs }) => atMs);
        expect(instants.length).toBeGreaterThan(0);
        expect(instants).toEqual(instants.toSorted((a, b) => a - b));
        const both = [...instants, ...fraudOrders.map(({ atMs }) => atMs)];
        expect(Math.min(...both)).toBeGreaterThanOrEqual(startMs);
        expect(Math.max(...both)).toBeLessThanOrEqual(finishMs);
        expect(shoppers[shopper]).toBeDefined();
        expect(startMs).toBeGreaterThanOrEqual(busyUntilMs.get(shopper) ?? 0);
        busyUntilMs.set(shopper, finishMs);
        beforeMs = startMs;
      }
    }),
    { numRuns: 50 },
  );
});

test('planSessions() gives fraudsters their share, and none else orders on top', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const { sessions } = planSessions(options);
      const fraud = sessions.filter(({ pattern }) => pattern !== undefined);
      expect(fraud).toHaveLength(Math.ceil(options.sessions * options.fraudShare));
      for (const { pattern, fraudOrders } of sessions) {
        expect(fraudOrders.length > 0).toBe(pattern !== undefined);
      }
    }),
    { numRuns: 50 },
  );
});

test('planSessions() knows rings of accounts, and takes over accounts that are not new', () => {
  const { shoppers, sessions } = planSessions(days(3_000, 11, { fraudShare: 0.05 }));
  const rings = Map.groupBy(
    sessions.filter(({ pattern }) => pattern === 'sharedIdentity'),
    ({ shopper }) => shoppers[shopper]?.ring,
  );
  expect(rings.size).toBeGreaterThan(5);
  for (const [ring, members] of rings) {
    expect(ring).toBeDefined();
    expect(new Set(members.map(({ shopper }) => shopper)).size).toBe(members.length);
    expect(members.length).toBeGreaterThanOrEqual(3);
    const starts = members.map(({ startMs }) => startMs);
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThanOrEqual(12 * 3_600_000);
  }
  const takenOver = sessions.filter(({ pattern }) => pattern === 'accountTakeover');
  expect(takenOver.length).toBeGreaterThan(10);
  for (const { shopper, startMs } of takenOver) {
    const before = sessions.filter((other) => other.shopper === shopper && other.startMs < startMs);
    expect(before.some(({ pattern }) => pattern === undefined)).toBe(true);
    const lastMs = Math.max(...before.map((other) => other.startMs + other.lengthMs));
    expect(startMs - lastMs).toBeGreaterThanOrEqual(dayMs);
  }
});
