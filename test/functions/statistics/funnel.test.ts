import { describe, expect, it } from 'vitest';
import { funnelJob } from '../../../functions/statistics/funnel.ts';
import { settings } from '../../../shared/config/settings.ts';
import { funnelDataSchema } from '../../../shared/events/funnel.ts';
import { playDay } from '../../fixtures/shop-day/play-day.ts';
import {
  arrivals,
  clickAt,
  type Happening,
  noonMs,
  orderAt,
  paymentAt,
} from '../../fixtures/visits.ts';

const hourMs = 3_600_000;
const plainly = { shards: 1, seed: 1, restarts: 0 };

/** What is said of each hour, by its distance from noon. */
async function hoursOf(variables: Record<string, string>, ...happenings: readonly Happening[]) {
  const { stored } = await playDay(funnelJob(settings(variables)), arrivals(happenings), plainly);
  return new Map(
    stored.map(({ window, data }) => [
      (window.startMs - noonMs) / hourMs,
      funnelDataSchema.parse(data),
    ]),
  );
}

const reached = (sessions: number, newSessions = sessions) => ({ sessions, newSessions });

describe('funnelJob()', () => {
  it('counts sessions by how far they came, with the share that went on', async () => {
    const hours = await hoursOf(
      {},
      ...[clickAt(1, 'view'), clickAt(2, 'cart'), orderAt(3), paymentAt(4)],
      ...[clickAt(1, 'view', { user: 'bob' }), clickAt(2, 'cart', { user: 'bob' })],
      ...[clickAt(1, 'view', { user: 'eve' }), paymentAt(9, 'declined', 'eve')],
      clickAt(1, 'page', { user: 'guy' }),
    );
    expect(hours.get(0)).toEqual({
      sessions: 4,
      stages: [
        { stage: 'view', ...reached(3), conversionPercent: null },
        { stage: 'cart', ...reached(2), conversionPercent: 66.7 },
        { stage: 'checkout', ...reached(1), conversionPercent: 50 },
        { stage: 'paid', ...reached(1), conversionPercent: 100 },
      ],
      conversionPercent: 33.3,
      notFollowed: { sessions: 0, views: 0, carts: 0 },
      notLinked: { visits: 0, checkouts: 0, paid: 0 },
    });
  });

  it('puts an order without a click before it into all stages', async () => {
    const hours = await hoursOf({}, clickAt(1, 'page'), orderAt(3), paymentAt(4, 'refunded'));
    expect(hours.get(0)?.stages.map(({ sessions }) => sessions)).toEqual([1, 1, 1, 1]);
  });

  it('counts those apart who cannot be followed', async () => {
    const shy = { user: null, session: 'shy' };
    const hours = await hoursOf(
      {},
      ...[clickAt(1, 'view', shy), clickAt(2, 'cart', shy), orderAt(3, 'shy-customer')],
      ...[orderAt(4, null), paymentAt(5, 'approved', null)],
    );
    expect(hours.get(0)).toMatchObject({
      sessions: 0,
      conversionPercent: null,
      notFollowed: { sessions: 1, views: 1, carts: 1 },
      notLinked: { visits: 2, checkouts: 2, paid: 1 },
    });
  });

  it('knows in the next window what a session did before, and counts each stage as new once', async () => {
    const hours = await hoursOf({}, clickAt(50, 'view'), clickAt(59, 'cart'), orderAt(61));
    const stages = (hour: number) =>
      hours.get(hour)?.stages.map(({ sessions, newSessions }) => ({ sessions, newSessions }));
    expect(stages(0)).toEqual([reached(1), reached(1), reached(0), reached(0)]);
    expect(stages(1)).toEqual([reached(1, 0), reached(1, 0), reached(1), reached(0)]);
    expect(hours.get(2)?.sessions).toBe(0);
  });

  it('takes what comes after half an hour for a session of its own', async () => {
    const after = await hoursOf({}, clickAt(50, 'cart'), clickAt(80, 'view'));
    expect(after.get(1)?.stages[1]).toMatchObject(reached(0));
    const within = await hoursOf({}, clickAt(50, 'cart'), clickAt(79.99, 'view'));
    expect(within.get(1)?.stages[1]).toMatchObject(reached(1, 0));
  });

  it('looks back in whole windows, and no further', async () => {
    const chain = [0, 25, 50, 75, 100, 125].map((minute) => clickAt(minute, 'page'));
    const looksBack = (lookbackMs: number) =>
      hoursOf({ FUNNEL_LOOKBACK_MS: String(lookbackMs) }, clickAt(0, 'cart'), ...chain);
    expect((await looksBack(2 * hourMs)).get(2)?.stages[1]).toMatchObject(reached(1, 0));
    expect((await looksBack(hourMs + 1)).get(2)?.stages[1]).toMatchObject(reached(1, 0));
    expect((await looksBack(hourMs)).get(2)?.stages[1]).toMatchObject(reached(0));
  });

  it('tells users apart by more than the beginning of short names', async () => {
    const hash = (end: string) => `${'ab'.repeat(8)}${end.padStart(48, '0')}`;
    const same = await hoursOf(
      {},
      clickAt(1, 'view', { user: hash('1') }),
      orderAt(2, hash('1')),
      clickAt(1, 'view', { user: 'abababababababab-1' }),
      clickAt(1, 'view', { user: 'abababababababab-2' }),
    );
    expect(same.get(0)?.sessions).toBe(3);
    expect(same.get(0)?.stages[2]).toMatchObject(reached(1));
  });
});
