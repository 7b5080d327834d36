import { cents } from '../../../shared/lake/facts-sql.ts';
import type { Span } from '../../replay/lake-queries.ts';
import { factRows } from './windows-sql.ts';

/**
 * Clicks, orders and payments of a span, each with its visitor, as a subquery: columns `visitor`,
 * `at_ms`, `source`, `act` (a type of click, `order`, `paid`, or `other`), `product`, `value`,
 * `is_history`.
 */
function visitEvents(span: Span): string {
  const clicks = factRows(
    'clicks',
    { session: 'session_hash', person: 'user_hash', type: 'type', product: 'product_id' },
    span,
  );
  const customer = { person: 'customer_hash', customer: 'customer_id' };
  const orders = factRows('orders', { ...customer, value: cents('total') }, span);
  const payments = factRows(
    'payments',
    { ...customer, status: 'status', value: cents('amount') },
    span,
  );
  const buyer = `coalesce(concat('user:', person), concat('customer:', CAST(customer AS varchar)))`;
  return `(
    SELECT coalesce(concat('user:', person), concat('session:', session)) AS visitor, at_ms,
      'click' AS source, type AS act, product, 0 AS value, is_history FROM (${clicks}) AS clicked
    UNION ALL
    SELECT ${buyer}, at_ms, 'order', CASE WHEN value > 0 THEN 'order' ELSE 'other' END, NULL, value,
      is_history FROM (${orders}) AS ordered
    UNION ALL
    SELECT ${buyer}, at_ms, 'payment',
      CASE WHEN status IN ('approved', 'refunded') THEN 'paid' ELSE 'other' END, NULL, value,
      is_history FROM (${payments}) AS tried
  )`;
}

/**
 * Events with the number of the stretch that they lie in, as a subquery: a silence as long as the
 * gap begins a new one.
 *
 * @param per what a stretch is of, such as `visitor`.
 */
function stretchesOf(events: string, per: string, gapMs: number): string {
  return `(SELECT *, sum(is_first) OVER (PARTITION BY ${per} ORDER BY at_ms) AS stretch FROM (
    SELECT *, CASE WHEN at_ms - lag(at_ms) OVER (PARTITION BY ${per} ORDER BY at_ms) < ${gapMs}
      THEN 0 ELSE 1 END AS is_first
    FROM ${events} AS events
  ) AS marked)`;
}

const history = 'max(CASE WHEN is_history THEN 1 ELSE 0 END) AS history';

/** Sessions: `start_ms`, `end_ms`, the pseudonym, and what happened in them. */
export function sessionsSql(span: Span, gapMs: number): string {
  return `SELECT min(at_ms) AS start_ms, max(at_ms) + ${gapMs} AS end_ms,
      split_part(visitor, ':', 2) AS who, ${history},
      count(*) AS events, count_if(source = 'click') AS clicks,
      count_if(act = 'view') AS views, count_if(act = 'cart') AS carts,
      count_if(act = 'order') AS orders,
      sum(CASE WHEN source = 'order' THEN value ELSE 0 END) AS ordered,
      sum(CASE WHEN act = 'paid' THEN value ELSE 0 END) AS paid
    FROM ${stretchesOf(visitEvents(span), 'visitor', gapMs)} AS visits GROUP BY visitor, stretch`;
}

/** Carts that were left: of each product the last move counts, of one instant the removal. */
export function abandonedCartsSql(span: Span, gapMs: number): string {
  const moves = `(SELECT * FROM ${visitEvents(span)} AS acts
    WHERE source = 'order' OR act IN ('cart', 'remove'))`;
  return `SELECT start_ms, end_ms, who, max(history) AS history, count(*) AS products_left FROM (
      SELECT min(at_ms) OVER (PARTITION BY visitor, stretch) AS start_ms,
        max(at_ms) OVER (PARTITION BY visitor, stretch) + ${gapMs} AS end_ms,
        split_part(visitor, ':', 2) AS who, act,
        max(CASE WHEN is_history THEN 1 ELSE 0 END) OVER (PARTITION BY visitor, stretch) AS history,
        max(CASE WHEN act = 'order' THEN 1 ELSE 0 END) OVER (PARTITION BY visitor, stretch) AS orders,
        row_number() OVER (PARTITION BY visitor, stretch, product ORDER BY at_ms DESC, act DESC) AS place
      FROM ${stretchesOf(moves, 'visitor', gapMs)} AS touched
    ) AS last_moves
    WHERE orders = 0 AND place = 1 AND act = 'cart' GROUP BY start_ms, end_ms, who`;
}

/** How far the sessions came that are active in each window, with what they did before it. */
export function funnelSql(
  span: Span,
  { sizeMs, lookbackMs, gapMs }: { sizeMs: number; lookbackMs: number; gapMs: number },
): string {
  const seen = `(SELECT at_ms - at_ms % ${sizeMs} + step * ${sizeMs} AS start_ms, acts.*
    FROM ${visitEvents({ fromMs: span.fromMs - lookbackMs, toMs: span.toMs })} AS acts
    CROSS JOIN UNNEST(sequence(0, ${lookbackMs / sizeMs})) AS steps (step))`;
  const did = (...acts: readonly string[]) =>
    `count_if(act IN (${acts.map((act) => `'${act}'`).join(', ')})) > 0`;
  return `SELECT start_ms, '' AS part, max(history) AS history,
      count_if(kind = 'user') AS sessions, count_if(kind = 'user' AND to_view) AS views,
      count_if(kind = 'user' AND to_cart) AS carts,
      count_if(kind = 'user' AND to_checkout) AS checkouts,
      count_if(kind = 'user' AND did_pay) AS paid,
      count_if(kind = 'session') AS not_followed,
      count_if(kind = 'session' AND did_view) AS not_followed_views,
      count_if(kind = 'session' AND did_cart) AS not_followed_carts,
      count_if(kind = 'order') AS not_linked,
      count_if(kind = 'order' AND did_order) AS not_linked_checkouts,
      count_if(kind = 'order' AND did_pay) AS not_linked_paid
    FROM (
      SELECT start_ms, ${history},
        CASE WHEN count_if(source = 'click') = 0 THEN 'order'
          WHEN visitor LIKE 'session:%' THEN 'session' ELSE 'user' END AS kind,
        ${did('view')} AS did_view, ${did('cart')} AS did_cart, ${did('order')} AS did_order,
        ${did('paid')} AS did_pay, ${did('view', 'cart', 'order', 'paid')} AS to_view,
        ${did('cart', 'order', 'paid')} AS to_cart, ${did('order', 'paid')} AS to_checkout
      FROM ${stretchesOf(seen, 'start_ms, visitor', gapMs)} AS visits
      GROUP BY start_ms, visitor, stretch HAVING max(at_ms) >= start_ms
    ) AS sessions
    WHERE start_ms >= ${span.fromMs} AND start_ms + ${sizeMs} <= ${span.toMs} GROUP BY start_ms`;
}
