import type { Settings } from '../../../shared/config/settings.ts';
import { cents } from '../../../shared/lake/facts-sql.ts';
import { funnelSql } from './visits-sql.ts';
import { factsByWindow, type Windows } from './windows-sql.ts';

const lineColumns = {
  order_id: 'order_id',
  product: 'product_id',
  category: 'category_id',
  seller: 'seller_id',
  pieces: 'quantity',
  value: cents('quantity * unit_price'),
};

const history = 'max(CASE WHEN is_history THEN 1 ELSE 0 END) AS history';

export function revenueQueries(windows: Windows): readonly string[] {
  const orders = factsByWindow('orders', { value: cents('total') }, windows);
  const lines = factsByWindow('order_items', lineColumns, windows);
  const adjustments = factsByWindow(
    'order_adjustments',
    { category: 'category_id', method: 'method', value: cents('amount') },
    windows,
  );
  const payments = factsByWindow(
    'payments',
    { method: 'method', status: 'status', value: cents('amount') },
    windows,
  );
  const category = `concat('category ', coalesce(CAST(category AS varchar), 'none')) AS part`;
  const method = `concat('method ', coalesce(method, 'none')) AS part`;
  return [
    `SELECT start_ms, '' AS part, ${history}, count_if(value > 0) AS orders, sum(value) AS gross
     FROM ${orders} AS f GROUP BY start_ms`,
    `SELECT start_ms, '' AS part, ${history}, count(*) AS lines, sum(pieces) AS pieces
     FROM ${lines} AS f GROUP BY start_ms`,
    `SELECT start_ms, '' AS part, ${history}, count(*) AS adjustments, sum(value) AS given_back
     FROM ${adjustments} AS f GROUP BY start_ms`,
    `SELECT start_ms, ${category}, ${history}, count(*) AS lines, sum(value) AS gross
     FROM ${lines} AS f GROUP BY start_ms, category`,
    `SELECT start_ms, ${category}, ${history}, sum(value) AS given_back
     FROM ${adjustments} AS f GROUP BY start_ms, category`,
    `SELECT start_ms, ${method}, ${history}, count_if(status = 'approved') AS payments,
       sum(CASE WHEN status = 'approved' THEN value ELSE 0 END) AS paid,
       count_if(status = 'declined') AS declined
     FROM ${payments} AS f GROUP BY start_ms, method`,
    `SELECT start_ms, ${method}, ${history}, sum(value) AS given_back
     FROM ${adjustments} AS f GROUP BY start_ms, method`,
  ];
}

export function topProductsQueries(windows: Windows): readonly string[] {
  const lines = factsByWindow('order_items', lineColumns, windows);
  const products = `SELECT start_ms, product, ${history}, sum(pieces) AS pieces, sum(value) AS revenue
    FROM ${lines} AS f GROUP BY start_ms, product`;
  return [
    `SELECT start_ms, '' AS part, ${history}, count(*) AS lines, sum(pieces) AS pieces,
       sum(value) AS revenue, count(DISTINCT product) AS products FROM ${lines} AS f GROUP BY start_ms`,
    firstPlaces(products, windows, { by: 'pieces', name: ' by pieces' }),
    firstPlaces(products, windows, { by: 'revenue', name: ' by revenue' }),
  ];
}

export function mostViewedQueries(windows: Windows): readonly string[] {
  const views = factsByWindow('clicks', { product: 'product_id', type: 'type' }, windows);
  const products = `SELECT start_ms, product, ${history}, count(*) AS views FROM ${views} AS f
    WHERE type = 'view' GROUP BY start_ms, product`;
  return [
    `SELECT start_ms, '' AS part, ${history}, count(*) AS views, count(DISTINCT product) AS products
     FROM ${views} AS f WHERE type = 'view' GROUP BY start_ms`,
    firstPlaces(products, windows, { by: 'views' }),
  ];
}

export function salesPulseQueries(windows: Windows): readonly string[] {
  const lines = factsByWindow('order_items', lineColumns, windows);
  const orders = factsByWindow('orders', { value: cents('total') }, windows);
  return [
    `SELECT start_ms, '' AS part, ${history}, count(seller) AS sales,
       sum(CASE WHEN seller IS NULL THEN 0 ELSE pieces END) AS pieces,
       sum(CASE WHEN seller IS NULL THEN 0 ELSE value END) AS revenue,
       count(DISTINCT seller) AS sellers, count_if(seller IS NULL) AS without_seller
     FROM ${lines} AS f GROUP BY start_ms`,
    `SELECT start_ms, '' AS part, ${history}, count_if(value > 0) AS orders FROM ${orders} AS f
     GROUP BY start_ms`,
  ];
}

export function interestQueries(windows: Windows): readonly string[] {
  const clicks = factsByWindow('clicks', { product: 'product_id', type: 'type' }, windows);
  const lines = factsByWindow('order_items', lineColumns, windows);
  const all = `(SELECT start_ms, product, type, 0 AS value, is_history FROM ${clicks} AS c
      WHERE type IN ('view', 'cart')
    UNION ALL SELECT start_ms, product, 'line', value, is_history FROM ${lines} AS l)`;
  const sums = `count_if(type = 'view') AS views, count_if(type = 'line') AS purchases`;
  return [
    `SELECT start_ms, '' AS part, ${history}, ${sums}, count_if(type = 'cart') AS carts,
       sum(value) AS revenue, count(DISTINCT product) AS products FROM ${all} AS f GROUP BY start_ms`,
    firstPlaces(
      `SELECT start_ms, product, ${history}, ${sums} FROM ${all} AS f GROUP BY start_ms, product`,
      windows,
      { by: 'views', also: ', purchases' },
    ),
  ];
}

export function funnelQueries(
  { sizeMs, span }: Windows,
  { sessionGapMs: gapMs, funnelLookbackMs }: Settings,
): readonly string[] {
  const lookbackMs = Math.ceil(funnelLookbackMs / sizeMs) * sizeMs;
  return [funnelSql(span, { sizeMs, lookbackMs, gapMs })];
}

/** The first of a ranking: by a number, of equal ones the lower product. */
function firstPlaces(
  products: string,
  { places }: Windows,
  { by, name = '', also = '' }: { by: string; name?: string; also?: string },
): string {
  return `SELECT start_ms, concat('place ', CAST(place AS varchar), '${name}') AS part, history,
      product, ${by}${also}
    FROM (SELECT *, row_number() OVER (PARTITION BY start_ms ORDER BY ${by} DESC, product) AS place
      FROM (${products}) AS sums) AS places
    WHERE place <= ${places}`;
}
