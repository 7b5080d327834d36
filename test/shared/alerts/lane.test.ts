import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acknowledgeKind,
  claimNext,
  emptyLane,
  endMessage,
  type Lane,
  laneDueMs,
  leaseMs,
  placeAlert,
  postpone,
  sealDue,
  sendAgain,
  snoozeKind,
  tidyLane,
} from '../../../shared/alerts/lane.ts';

const alert = (
  id: string,
  kind = 'burst',
  severity: 'info' | 'warning' | 'critical' = 'warning',
) => ({
  id,
  kind,
  severity,
});

function place(lane: Lane, nowMs: number, ...ids: readonly string[]): Lane {
  return ids.reduce((before, id) => placeAlert(before, alert(id), nowMs).lane, lane);
}

/** Sends all that may go, at once and with success. */
function sendAll(lane: Lane, nowMs: number) {
  const sent = [];
  let claimed = claimNext(sealDue(lane, nowMs), nowMs);
  let rest = sealDue(lane, nowMs);
  while (claimed) {
    const [message] = claimed.outgoing;
    if (!message) break;
    sent.push(message);
    rest = sealDue(endMessage(claimed, message, claimed.leaseUntilMs), nowMs);
    claimed = claimNext(rest, nowMs);
  }
  return { sent, lane: rest };
}

describe('placeAlert()', () => {
  it('sends the first at once and holds back those of its kind, not those of another', () => {
    const { sent, lane } = sendAll(place(emptyLane, 0, 'a'), 0);
    expect(sent).toMatchObject([{ id: 'a', count: 1, others: [] }]);
    const held = place(lane, 1_000, 'b', 'c', 'd');
    expect(claimNext(held, 1_000)).toBeUndefined();
    expect(held.held['burst']).toMatchObject({ id: 'b', lead: 'd', count: 3, others: ['b', 'c'] });
    expect(laneDueMs(held)).toBe(30_000);
    const other = placeAlert(held, alert('e', 'other'), 2_000);
    expect(other.placement).toMatchObject({ message: 'e', isHeld: false });
    expect(sendAll(held, 30_000).sent).toMatchObject([{ id: 'b', lead: 'd', count: 3 }]);
  });

  it('shows the gravest in full, of equals the latest', () => {
    const { lane } = sendAll(place(emptyLane, 0, 'a'), 0);
    const grave = placeAlert(lane, alert('b', 'burst', 'critical'), 1).lane;
    const after = place(grave, 2, 'c');
    expect(after.held['burst']).toMatchObject({ lead: 'b', severity: 'critical', others: ['c'] });
  });

  it('changes nothing for an alert that lies there, and says where', () => {
    const { lane } = sendAll(place(emptyLane, 0, 'a'), 0);
    const held = place(lane, 1_000, 'b', 'c');
    for (const [id, message, isHeld] of [
      ['a', 'a', false],
      ['c', 'b', true],
    ] as const) {
      const again = placeAlert(held, alert(id), 2_000);
      expect(again.lane).toBe(held);
      expect(again.placement).toMatchObject({ message, isHeld, again: true });
    }
  });

  it('remembers as many as a batch brings', () => {
    const ids = Array.from({ length: 300 }, (_, index) => `alert-${index}`);
    const lane = place(emptyLane, 0, ...ids);
    const known = ids.filter((id) => placeAlert(lane, alert(id), 1).placement.again);
    expect(known).toEqual(ids.slice(-128));
    expect(JSON.stringify(lane).length).toBeLessThan(10_000);
  });

  it('gathers a digest until the next multiple of its length, alerts of any kind', () => {
    const first = placeAlert(emptyLane, alert('a', 'x'), 61_000, 60_000);
    expect(first.placement).toMatchObject({ isHeld: true, untilMs: 120_000 });
    const both = placeAlert(first.lane, alert('b', 'y'), 90_000, 60_000).lane;
    expect(sendAll(both, 119_999).sent).toEqual([]);
    expect(sendAll(both, 120_000).sent).toMatchObject([{ id: 'a', lead: 'b', count: 2 }]);
  });

  it('lets what comes while a message is under way wait for it, and begin its own cooldown', () => {
    const claimed = claimNext(place(emptyLane, 0, 'a'), 0) ?? emptyLane;
    const [message] = claimed.outgoing;
    if (!message) throw new Error('nothing goes out');
    const failed = postpone(
      claimed,
      { ...message, attempts: 3, nextAttemptMs: 300_000 },
      claimed.leaseUntilMs,
    );
    const later = place(failed, 100_000, 'b', 'c');
    expect(laneDueMs(later)).toBe(300_000);
    expect(sealDue(later, 200_000)).toBe(later);
    const { sent, lane } = sendAll(later, 300_000);
    expect(sent).toMatchObject([
      { id: 'a', attempts: 3 },
      { id: 'b', count: 2 },
    ]);
    expect(lane.cooldowns['burst']).toMatchObject({ step: 1, untilMs: 360_000 });
  });
});

describe('a lane', () => {
  it('is one sender’s at a time, until the lease has passed', () => {
    const claimed = claimNext(place(emptyLane, 0, 'a'), 0) ?? emptyLane;
    expect(claimNext(claimed, leaseMs - 1)).toBeUndefined();
    expect(laneDueMs(claimed)).toBe(leaseMs);
    const second = claimNext(claimed, leaseMs) ?? emptyLane;
    const [message] = second.outgoing;
    if (!message) throw new Error('nothing goes out');
    // Who lost the lease frees nothing and puts nothing off; that it was sent holds.
    expect(postpone(second, { ...message, attempts: 9 }, claimed.leaseUntilMs)).toBe(second);
    const ended = endMessage(second, message, claimed.leaseUntilMs);
    expect(ended).toMatchObject({ outgoing: [], leaseUntilMs: second.leaseUntilMs });
  });

  it('sends a message again once, however often that is asked for', () => {
    const group = {
      id: 'a',
      kind: 'k',
      lead: 'a',
      severity: 'info',
      count: 1,
      others: [],
      sinceMs: 0,
    } as const;
    const once = sendAgain(emptyLane, group, 4, 5);
    expect(sendAgain(once, group, 4, 6)).toBe(once);
    expect(sendAll(once, 7).sent).toMatchObject([{ id: 'a', sealedMs: 5 }]);
  });

  it('holds back what waits already when its kind is snoozed or acknowledged', () => {
    const { lane } = sendAll(place(emptyLane, 0, 'a'), 0);
    const held = place(lane, 1_000, 'b');
    expect(laneDueMs(snoozeKind(held, 'burst', 3_600_000, 2_000))).toBe(3_600_000);
    expect(laneDueMs(acknowledgeKind(held, 'burst', 2_000))).toBe(602_000);
    expect(laneDueMs(snoozeKind(held, 'other', 3_600_000, 2_000))).toBe(30_000);
  });

  it('forgets a cooldown when it makes no difference any more', () => {
    const { lane } = sendAll(place(emptyLane, 0, 'a'), 0);
    expect(tidyLane(lane, 599_999).cooldowns).toHaveProperty('burst');
    expect(tidyLane(lane, 600_000).cooldowns).toEqual({});
  });

  it('tells of every alert once, in order, whatever comes when, and however targets fail', () => {
    const step = fc.record({
      gapMs: fc.oneof(fc.nat(5_000), fc.nat(700_000)),
      kind: fc.constantFrom('x', 'y'),
      again: fc.boolean(),
      fails: fc.nat(3).map((one) => one === 0),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        let lane = emptyLane;
        let nowMs = 0;
        const told = new Map<string, { ids: readonly string[]; atMs: number }>();
        const work = (fails: boolean) => {
          lane = sealDue(lane, nowMs);
          const claimed = claimNext(lane, nowMs);
          const [message] = claimed?.outgoing ?? [];
          if (!claimed || !message) return false;
          if (fails) {
            lane = postpone(
              claimed,
              { ...message, nextAttemptMs: nowMs + 20_000 },
              claimed.leaseUntilMs,
            );
            return false;
          }
          expect(told.has(message.id)).toBe(false);
          expect(message.others.length).toBe(Math.min(message.count - 1, 9));
          told.set(message.id, { ids: [message.lead, ...message.others], atMs: nowMs });
          lane = endMessage(claimed, message, claimed.leaseUntilMs);
          return true;
        };
        const alerts: string[] = [];
        for (const [index, { gapMs, kind, again, fails }] of steps.entries()) {
          nowMs += gapMs;
          const id = `${kind}-${String(index).padStart(3, '0')}`;
          alerts.push(id);
          lane = placeAlert(lane, alert(id, kind), nowMs).lane;
          if (again) lane = placeAlert(lane, alert(id, kind), nowMs).lane;
          while (work(fails));
          lane = tidyLane(lane, nowMs);
        }
        for (let dueMs = laneDueMs(lane); dueMs !== undefined; dueMs = laneDueMs(lane)) {
          nowMs = Math.max(nowMs, dueMs);
          while (work(false));
        }
        const inOrder = [...told.values()].flatMap(({ ids }) => ids.toSorted());
        if (steps.length <= 10) expect(inOrder.toSorted()).toEqual(alerts.toSorted());
        for (const kind of ['x', 'y']) {
          const ofKind = inOrder.filter((id) => id.startsWith(kind));
          expect(ofKind).toEqual(ofKind.toSorted());
        }
      }),
    );
  });
});
