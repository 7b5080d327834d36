import { expect, test } from 'vitest';
import { oddities } from '../../../cli/shoppers/oddities.ts';
import { peopleOf } from '../../../cli/shoppers/people.ts';
import { type PlannedSession, planSessions } from '../../../cli/shoppers/plan.ts';

const dayMs = 24 * 3_600_000;
const toMs = Date.UTC(2026, 4, 20);
const span = { fromMs: toMs - 30 * dayMs, toMs, sessionMaxMs: 1_500_000 };
const plan = planSessions({ seed: 11, sessions: 6_000, fraudShare: 0.1, ...span });
const people = peopleOf(plan.shoppers, 'run');
const sessionsOf = (pattern: PlannedSession['pattern']) =>
  plan.sessions.filter((session) => session.pattern === pattern);
const isProxy = (ip: string) => ip.startsWith('192.0.2.');
const share = (sessions: readonly PlannedSession[], has: (session: PlannedSession) => boolean) =>
  sessions.filter(has).length / sessions.length;

test('peopleOf() lets people of one house come from one address, and others from their own', () => {
  const homes = new Map<string, Set<number>>();
  for (const [number, { housemate, ring }] of plan.shoppers.entries()) {
    if (ring !== undefined) continue;
    const { ip } = people.identityOf(number);
    const root = housemate ?? number;
    expect(people.identityOf(root).ip).toBe(ip);
    homes.set(ip, (homes.get(ip) ?? new Set()).add(number));
  }
  const alone = [...homes.values()].filter((members) => members.size === 1).length;
  expect(alone / homes.size).toBeGreaterThan(0.8);
});

test('peopleOf() gives accounts of a ring one address, device and way out', () => {
  const rings = Map.groupBy(
    [...plan.shoppers.keys()].filter((number) => plan.shoppers[number]?.ring !== undefined),
    (number) => plan.shoppers[number]?.ring,
  );
  expect(rings.size).toBeGreaterThan(5);
  for (const members of rings.values()) {
    const shown = members.map((number) => {
      const { ip, deviceId, address } = people.identityOf(number);
      return `${ip} ${deviceId} ${address}`;
    });
    expect(new Set(shown).size).toBe(1);
  }
});

test('peopleOf() hides stolen cards behind few proxies, and now and then honest people, too', () => {
  const stolen = sessionsOf('stolenCards').map((session) => people.guiseIn(session).ip);
  expect(stolen.every(isProxy)).toBe(true);
  expect(new Set(stolen).size).toBeLessThan(25);
  const honest = share(sessionsOf(undefined), (session) => isProxy(people.guiseIn(session).ip));
  expect(honest).toBeGreaterThan(0.002);
  expect(honest).toBeLessThan(0.02);
  const taken = sessionsOf('accountTakeover');
  const own = (session: PlannedSession) => people.identityOf(session.shopper);
  expect(share(taken, (session) => people.guiseIn(session).ip === own(session).ip)).toBe(0);
});

test('peopleOf() lets about two of a hundred honest sessions be odd, in every way, and no other', () => {
  const honest = sessionsOf(undefined);
  const odd = honest.flatMap((session) => people.oddityIn(session) ?? []);
  expect(odd.length / honest.length).toBeGreaterThan(0.013);
  expect(odd.length / honest.length).toBeLessThan(0.027);
  expect(new Set(odd)).toEqual(new Set(oddities));
  for (const session of plan.sessions) {
    const { address } = people.guiseIn(session);
    const isAtHome = address === people.identityOf(session.shopper).address;
    if (session.pattern === undefined) {
      expect(isAtHome).toBe(people.oddityIn(session) !== 'gift');
    } else {
      expect(people.oddityIn(session)).toBeUndefined();
    }
  }
});

test('peopleOf() makes the same people of the same plan', () => {
  const again = peopleOf(plan.shoppers, 'run');
  for (const session of plan.sessions.slice(0, 300)) {
    expect(again.guiseIn(session)).toEqual(people.guiseIn(session));
  }
});
