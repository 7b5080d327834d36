import { afterAll, beforeAll, expect, test } from 'vitest';
import { actions } from '../../../cli/shoppers/actions.ts';
import type { Label } from '../../../cli/shoppers/order-book.ts';
import { runSessions, type SessionOptions } from '../../../cli/shoppers/run-sessions.ts';
import { liveClock, ownClock } from '../../../cli/shoppers/shop-clock.ts';
import { clickIntake } from '../../../functions/click-intake/click-intake.ts';
import type { ClickRecord } from '../../../shared/events/click.ts';
import { serveHandlers } from '../../fixtures/http-front.ts';
import { startShop } from '../../fixtures/shop.ts';

const dayMs = 24 * 3_600_000;
const halfHourMs = 1_800_000;
const patience = 120_000;
const clicks: ClickRecord[] = [];
let shop: Awaited<ReturnType<typeof startShop>>;
let front: Awaited<ReturnType<typeof serveHandlers>>;
let operatorToken: string;

beforeAll(async () => {
  shop = await startShop();
  operatorToken = await shop.tokenOf('operator');
  const intake = clickIntake({
    tokenPublicKey: shop.tokenKeys.publicKey,
    now: () => Date.now(),
    put: async (records) => void clicks.push(...records),
    pseudonym: async () => (identifier) => identifier,
    count() {},
    log: (_message, error) => shop.failures.push(error),
  });
  front = await serveHandlers({ $default: shop.handler, '/events': intake });
});

afterAll(async () => {
  await front?.close();
  await shop?.stop();
});

function options(rest: Pick<SessionOptions, 'clock'> & Partial<SessionOptions>): SessionOptions {
  return {
    apiUrl: front.url,
    operatorToken,
    sessions: 40,
    sessionMaxMs: 10 * 60_000,
    fraudShare: 0.25,
    ratePerSecond: Number.POSITIVE_INFINITY,
    expiresAfterMs: halfHourMs,
    seed: 7,
    signal: new AbortController().signal,
    onLabel() {},
    ...rest,
  };
}

/** What the shop has of orders with at least this id. */
async function inTheShop(fromId: number): Promise<Record<string, number>> {
  const { rows } = await shop.admin.query(
    `with placed as (select * from orders where id >= $1),
      given as (select * from order_adjustments where order_id >= $1)
    select (select count(*)::int from placed) as orders,
      (select coalesce(sum(total) * 100, 0)::float from placed) as sold,
      (select count(*)::int from order_items where order_id >= $1) as lines,
      (select count(*)::int from payments
        where order_id >= $1 and status in ('approved', 'refunded')) as paid,
      (select count(*)::int from payments
        where order_id >= $1 and status = 'declined') as declined,
      (select count(*)::int from placed where status = 'completed') as completed,
      (select count(*)::int from placed where status = 'cancelled') as cancelled,
      (select count(*)::int from placed where status = 'expired') as expired,
      (select count(*)::int from shipments
        where order_id >= $1 and shipped_at is not null) as shipped,
      (select count(*)::int from shipments
        where order_id >= $1 and delivered_at is not null) as delivered,
      (select count(distinct order_id)::int from given where kind = 'refund') as refunds,
      (select count(*)::int from given) as adjusted,
      (select coalesce(sum(amount) * 100, 0)::float from given) as "givenBack",
      (select count(*)::int from order_reviews where order_id >= $1 and source = 'chargeback'
        and verdict = 'fraud' and is_backfill) as reviews,
      (select count(*)::int from private.credentials) as customers`,
    [fromId],
  );
  return rows[0];
}

test(
  'runSessions() tells a history through the API, and reports what the shop has',
  async () => {
    clicks.length = 0;
    const labels: Label[] = [];
    const clock = ownClock(Date.now(), 12 * dayMs, Number.POSITIVE_INFINITY);
    const report = await runSessions(options({ clock, onLabel: (label) => labels.push(label) }));
    // A product may be sold out; nothing else fails.
    expect(Object.keys(report.errors).filter((kind) => kind !== '422')).toEqual([]);
    expect(report.sessions).toEqual({ planned: 40, held: 40 });
    const drawn = actions.reduce((sum, action) => sum + report.drawn[action], 0);
    const done = actions.reduce((sum, action) => sum + report.done[action], 0);
    expect(done + report.failed).toBe(drawn);
    expect(report.failed).toBe(0);
    const has = await inTheShop(0);
    expect(has).toEqual({
      orders: report.ordersPlaced,
      sold: report.soldCents,
      lines: report.orderLines,
      paid: report.ordersPaid,
      declined: report.paymentsDeclined,
      completed: expect.any(Number),
      cancelled: report.cancelled,
      expired: report.expired,
      shipped: report.shipped,
      delivered: report.delivered,
      refunds: report.refunds,
      adjusted: report.adjustedLines,
      givenBack: report.givenBackCents,
      customers: report.shoppers,
      reviews: report.chargebacks,
    });
    for (const what of [
      ...(['ordersPlaced', 'paymentsDeclined', 'delivered', 'completed'] as const),
      ...(['fraudOrders', 'chargebacks'] as const),
    ]) {
      expect(report[what], what).toBeGreaterThan(0);
    }
    expect(report.cancelled + report.refunds).toBeGreaterThan(0);

    // Every fact carries the shop's own time and is told as history.
    const { rows } = await shop.admin.query(
      `select bool_and(is_backfill) as told, min(at) as first, max(at) as last from (
      select is_backfill, ordered_at as at from orders
      union all select is_backfill, ordered_at from order_items
      union all select is_backfill, occurred_at from order_adjustments
      union all select is_backfill, paid_at from payments where paid_at is not null
      union all select is_backfill, attempted_at from payments
      union all select is_backfill, reviewed_at from order_reviews
      union all select is_backfill, shipped_at from shipments
      union all select is_backfill, delivered_at from shipments where delivered_at is not null
    ) as facts`,
    );
    expect(rows[0].told).toBe(true);
    expect(rows[0].first.getTime()).toBeGreaterThanOrEqual(clock.fromMs);
    expect(rows[0].last.getTime()).toBeLessThanOrEqual(clock.toMs);
    expect(rows[0].last.getTime() - rows[0].first.getTime()).toBeGreaterThan(6 * dayMs);
    expect(clicks).toHaveLength(report.clicksSent);
    expect(clicks.every(({ isBackfill }) => isBackfill === true)).toBe(true);
    expect(Math.min(...clicks.map(({ occurredAtMs }) => occurredAtMs))).toBeLessThan(
      clock.toMs - 6 * dayMs,
    );

    // Accounts, carts and wishes are as old as their history.
    const { rows: late } = await shop.admin.query(
      `select id from (
        select customer_id as id, min(ordered_at) as at from orders group by customer_id
        union all select customer_id, created_at from carts
        union all select customer_id, created_at from wishlists) as did
      join customers using (id) where customers.created_at > did.at or did.at > $1`,
      [new Date(clock.toMs)],
    );
    expect(late).toEqual([]);

    // Nothing is charged back that was no fraud, nor before it was paid.
    const { rows: reviewed } = await shop.admin.query(
      `select order_reviews.order_id::int as id, reviewed_at > paid_at as after from order_reviews
       join orders on orders.id = order_reviews.order_id join payments on payments.id = payment_id`,
    );
    expect(reviewed.every(({ after }) => after)).toBe(true);
    for (const { id } of reviewed) {
      expect(labels.find(({ orderId }) => orderId === id)?.fraud).toBe(true);
    }

    // Each order has one label, and the fraudsters' are those the report counts.
    const { rows: orders } = await shop.admin.query(
      'select id::int, customer_id::int, ordered_at from orders order by id',
    );
    expect(labels.toSorted((a, b) => a.orderId - b.orderId)).toEqual(
      orders.map(({ id, customer_id, ordered_at }) => ({
        orderId: id,
        customerId: customer_id,
        orderedAt: ordered_at.toISOString(),
        pattern: labels.find(({ orderId }) => orderId === id)?.pattern,
        fraud: labels.find(({ orderId }) => orderId === id)?.pattern !== null,
        oddity: labels.find(({ orderId }) => orderId === id)?.oddity,
      })),
    );
    const fraud = Object.values(report.fraud);
    expect(fraud.reduce((sum, { orders: count }) => sum + count, 0)).toBe(
      labels.filter((label) => label.fraud).length,
    );
    expect(fraud.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(10);
    expect(shop.failures).toEqual([]);
  },
  patience,
);

test(
  'runSessions() leaves nothing in the shop that tells fraudsters apart',
  async () => {
    const labels: Label[] = [];
    const clock = ownClock(Date.now(), dayMs, Number.POSITIVE_INFINITY);
    await runSessions(options({ clock, seed: 3, onLabel: (label) => labels.push(label) }));
    const { rows } = await shop.admin.query(
      `select orders.id::int as id, email, device_id, ip, shipping_address, idempotency_key, channel
     from orders join customers on customers.id = customer_id where orders.id = any($1)`,
      [labels.map(({ orderId }) => orderId)],
    );
    const shape = (text: string) => text.replaceAll(/\d+/g, '0').replaceAll(/\p{L}+/gu, 'a');
    const fraud = new Set(labels.filter((label) => label.fraud).map(({ orderId }) => orderId));
    expect(fraud.size).toBeGreaterThan(10);
    const shapes = (of: boolean) =>
      new Set(
        rows
          .filter(({ id }) => fraud.has(id) === of)
          .map(({ email, idempotency_key }) => `${shape(email)} ${shape(idempotency_key)}`),
      );
    for (const each of shapes(true)) expect([...shapes(false)]).toContain(each);
    for (const row of rows) expect(row.device_id).toMatch(/^[0-9a-f]{16}$/);
    const families = (of: boolean) =>
      new Set(rows.filter(({ id }) => fraud.has(id) === of).map(({ ip }) => ip.includes(':')));
    expect(families(true)).toEqual(families(false));
    expect(new Set(rows.map(({ ip }) => ip)).size).toBeGreaterThan(5);
    const text = JSON.stringify(rows);
    for (const word of ['fraud', 'burst', 'stolen', 'takeover', 'ring']) {
      expect(text.toLowerCase()).not.toContain(`"${word}`);
    }
  },
  patience,
);

test(
  'runSessions() shops live in the time of the world, and draws the same with the same seed',
  async () => {
    const run = async () => {
      const clock = liveClock(Date.now(), 3_000);
      return runSessions(options({ clock, sessions: 12, sessionMaxMs: 3_000, fraudShare: 0 }));
    };
    clicks.length = 0;
    const { rows: before } = await shop.admin.query('select max(id)::int as id from orders');
    const [first, second] = [await run(), await run()];
    expect(first.drawn).toEqual(second.drawn);
    expect(first.purposes).toEqual(second.purposes);
    expect(first.toldAsHistory).toBe(false);
    expect(clicks.some(({ isBackfill }) => isBackfill)).toBe(false);
    const { rows } = await shop.admin.query('select is_backfill from orders where id > $1', [
      before[0].id,
    ]);
    expect(rows).toHaveLength(first.ordersPlaced + second.ordersPlaced);
    expect(rows.every(({ is_backfill }) => is_backfill === false)).toBe(true);
  },
  patience,
);
