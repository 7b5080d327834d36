import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  acknowledge,
  type Cooldown,
  cooldownStepsMs,
  isForgotten,
  onAlert,
  quietMs,
  snooze,
  startCooldown,
} from '../../../shared/alerts/cooldown.ts';

const secondMs = 1_000;
const minuteMs = 60_000;

/**
 * When messages go out for alerts at these times, if what is held back is told the moment its
 * cooldown ends; and how many alerts each tells of.
 */
function messages(alertsAtMs: readonly number[], start?: Cooldown) {
  const sent: { atMs: number; count: number }[] = [];
  let cooldown = start;
  let held = 0;
  let tellAtMs = Number.POSITIVE_INFINITY;
  const tellUntil = (nowMs: number) => {
    while (held > 0 && tellAtMs <= nowMs) {
      cooldown = startCooldown(cooldown, tellAtMs);
      sent.push({ atMs: tellAtMs, count: held });
      held = 0;
    }
  };
  for (const atMs of alertsAtMs) {
    tellUntil(atMs);
    const next = onAlert(cooldown, atMs);
    cooldown = next.cooldown;
    if (next.tellAtMs > atMs) {
      held += 1;
      tellAtMs = next.tellAtMs;
    } else {
      sent.push({ atMs, count: held + 1 });
      held = 0;
    }
  }
  tellUntil(Number.MAX_SAFE_INTEGER);
  return sent;
}

const times = fc
  .array(fc.oneof(fc.nat(20 * secondMs), fc.nat(15 * minuteMs)), { minLength: 1, maxLength: 60 })
  .map((gaps) => {
    let atMs = 0;
    return gaps.map((gap) => {
      atMs += gap;
      return atMs;
    });
  });

describe('onAlert()', () => {
  it('tells of alerts every second after 30 s, then 60, 120, 240, 240', () => {
    const everySecond = Array.from({ length: 900 }, (_, second) => second * secondMs);
    expect(messages(everySecond).map(({ atMs }) => atMs / secondMs)).toEqual([
      0, 30, 90, 210, 450, 690, 930,
    ]);
  });

  it('begins anew after ten quiet minutes, and not a moment sooner', () => {
    const at = (atMs: number) => messages([0, 40 * secondMs, atMs, atMs + 31 * secondMs]);
    const quiet = 40 * secondMs + quietMs;
    expect(at(quiet).map(({ count }) => count)).toEqual([1, 1, 1, 1]);
    expect(at(quiet).at(-1)?.atMs).toBe(quiet + 31 * secondMs);
    // The third of a row is followed by two minutes.
    expect(at(quiet - 1).at(-1)?.atMs).toBe(quiet - 1 + 120 * secondMs);
  });

  it('tells of every alert once, and never sooner than the cooldown lets it', () => {
    fc.assert(
      fc.property(times, (alerts) => {
        const sent = messages(alerts);
        expect(sent.reduce((sum, { count }) => sum + count, 0)).toBe(alerts.length);
        let inRow = 0;
        for (const [index, { atMs }] of sent.entries()) {
          const before = sent[index - 1];
          if (!before) continue;
          const lastAlert = Math.max(...alerts.filter((alert) => alert < atMs));
          const step = cooldownStepsMs[Math.min(inRow, 3)] ?? 0;
          expect(atMs - before.atMs).toBeGreaterThanOrEqual(step);
          inRow = atMs - lastAlert >= quietMs ? 0 : inRow + 1;
        }
      }),
    );
  });

  it('lets no alert wait longer than four minutes', () => {
    fc.assert(
      fc.property(times, (alerts) => {
        const sent = messages(alerts);
        for (const alert of alerts) {
          const told = sent.find(({ atMs }) => atMs >= alert);
          expect((told?.atMs ?? Number.POSITIVE_INFINITY) - alert).toBeLessThanOrEqual(240_000);
        }
      }),
    );
  });

  it('does not run backwards with the clock of another instance', () => {
    const { cooldown } = onAlert(undefined, 10_000);
    const next = onAlert(cooldown, 4_000);
    expect(next).toEqual({ cooldown: { ...cooldown, lastMs: 10_000 }, tellAtMs: 40_000 });
  });
});

describe('snooze()', () => {
  it('holds back what comes until then, and forgets nothing', () => {
    const snoozed = snooze(undefined, 3_600_000, 0);
    expect(messages([1_000, 2_000, 3_000], snoozed)).toEqual([{ atMs: 3_600_000, count: 3 }]);
    expect(isForgotten(snoozed, 3_599_999)).toBe(false);
    expect(isForgotten(snoozed, 3_600_000)).toBe(true);
  });
});

test('snooze() makes no cooldown shorter, and a later one takes its place', () => {
  const { cooldown } = onAlert({ step: 2, untilMs: 0, lastMs: 0 }, 0);
  expect(cooldown.untilMs).toBe(240_000);
  const shortly = snooze(cooldown, 60_000, 1_000);
  expect(onAlert(shortly, 2_000).tellAtMs).toBe(240_000);
  const long = snooze(shortly, 3_600_000, 3_000);
  expect(onAlert(long, 4_000).tellAtMs).toBe(3_600_000);
  expect(onAlert(snooze(long, 300_000, 5_000), 6_000).tellAtMs).toBe(300_000);
});

describe('acknowledge()', () => {
  const acknowledged = acknowledge(onAlert(undefined, 0).cooldown, 10_000);

  it('holds back what comes until ten minutes are quiet', () => {
    const everyMinute = Array.from({ length: 60 }, (_, minute) => (minute + 1) * minuteMs);
    expect(messages(everyMinute, acknowledged)).toEqual([
      { atMs: 60 * minuteMs + quietMs, count: 60 },
    ]);
  });

  it('holds back for four hours at most', () => {
    const everyMinute = Array.from({ length: 300 }, (_, minute) => (minute + 1) * minuteMs);
    const [first, second] = messages(everyMinute, acknowledged);
    expect(first?.atMs).toBe(10_000 + 4 * 60 * minuteMs);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBe(60 * secondMs);
  });

  it('ends with ten quiet minutes', () => {
    const atMs = 10_000 + quietMs;
    expect(messages([atMs, atMs + secondMs], acknowledged)).toEqual([
      { atMs, count: 1 },
      { atMs: atMs + 30 * secondMs, count: 1 },
    ]);
  });
});
