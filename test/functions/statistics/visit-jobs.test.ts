import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abandonedCartsJob } from '../../../functions/statistics/abandoned-carts.ts';
import { funnelJob } from '../../../functions/statistics/funnel.ts';
import { sessionsJob } from '../../../functions/statistics/sessions.ts';
import { settings } from '../../../shared/config/settings.ts';
import {
  type AbandonedCartData,
  abandonedCartDataSchema,
} from '../../../shared/events/abandoned-cart.ts';
import { type FunnelData, funnelDataSchema } from '../../../shared/events/funnel.ts';
import { type SessionData, sessionDataSchema } from '../../../shared/events/session.ts';
import type { Row, Sql } from '../../fixtures/duckdb.ts';
import { playDay, tooLateFor } from '../../fixtures/shop-day/play-day.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';

const day = shopDay(7);
const dealings = [
  { shards: 1, seed: 3 },
  { shards: 4, seed: 11 },
];
let sql: Sql;

function textOf(name: string): string {
  return readFileSync(join(import.meta.dirname, `${name}.sql`), 'utf8');
}

beforeAll(async () => {
  sql = await dayTables(day);
  await sql.rows(textOf('visits'));
});
afterAll(() => sql?.close());

const byFirst = (a: SessionData, b: SessionData) =>
  a.firstAtMs - b.firstAtMs || (a.visitor < b.visitor ? -1 : 1);

function sessionRow({ viewed, carted, ...session }: SessionData): Row {
  expect([viewed.exact, carted.exact]).toEqual([true, true]);
  return {
    ...session,
    ...{ views: viewed.clicks, viewedProducts: viewed.products },
    ...{ carts: carted.clicks, cartedProducts: carted.products },
  };
}

const byLast = (a: AbandonedCartData, b: AbandonedCartData) =>
  a.lastAtMs - b.lastAtMs || (a.visitor < b.visitor ? -1 : 1);

function funnelRow(startMs: number, { sessions, stages, notFollowed, notLinked }: FunnelData): Row {
  const of = (name: string) => stages.find(({ stage }) => stage === name);
  return {
    startMs,
    sessions,
    ...{ views: of('view')?.sessions, newViews: of('view')?.newSessions },
    ...{ carts: of('cart')?.sessions, newCarts: of('cart')?.newSessions },
    ...{ checkouts: of('checkout')?.sessions, newCheckouts: of('checkout')?.newSessions },
    ...{ paid: of('paid')?.sessions, newPaid: of('paid')?.newSessions },
    notFollowed: notFollowed.sessions,
    ...{ notFollowedViews: notFollowed.views, notFollowedCarts: notFollowed.carts },
    notLinked: notLinked.visits,
    ...{ notLinkedCheckouts: notLinked.checkouts, notLinkedPaid: notLinked.paid },
  };
}

describe.each(dealings)('over a day, by way of $shards shards', (dealing) => {
  it('sessionsJob() tells the sessions that SQL finds', async () => {
    const job = sessionsJob(settings({}));
    const { results, stored, late } = await playDay(job, day, dealing);
    const told = results.map(({ data }) => sessionDataSchema.parse(data)).sort(byFirst);
    expect(told.map(sessionRow)).toEqual(await sql.rows(textOf('sessions')));
    expect(new Set(told.map(({ reached }) => reached)).size).toBe(5);
    expect(new Set(told.map(({ visitorKind }) => visitorKind)).size).toBe(3);
    expect(stored).toHaveLength(told.length);
    expect(late.toSorted()).toEqual(tooLateFor(job, day));
  });

  it('abandonedCartsJob() tells the carts that SQL finds, and no other', async () => {
    const job = abandonedCartsJob(settings({}));
    const { results, stored, late } = await playDay(job, day, dealing);
    const told = results
      .filter(({ data }) => data !== null)
      .map(({ data }) => abandonedCartDataSchema.parse(data))
      .sort(byLast);
    const found = await sql.rows(textOf('abandoned-carts'));
    expect(told).toEqual(
      found.map((row) => ({ ...row, products: JSON.parse(String(row['products'])) })),
    );
    expect(told.length).toBeGreaterThan(20);
    expect(stored).toHaveLength(told.length);
    expect(late.toSorted()).toEqual(tooLateFor(job, day));
  });

  it('funnelJob() tells how far SQL sees the sessions of each hour come', async () => {
    const job = funnelJob(settings({}));
    const { results, late } = await playDay(job, day, dealing);
    const told = results.map(({ window, data }) =>
      funnelRow(window.startMs, funnelDataSchema.parse(data)),
    );
    expect(told).toEqual(await sql.rows(textOf('funnel')));
    expect(late.toSorted()).toEqual(tooLateFor(job, day));
  });
});
