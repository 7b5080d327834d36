-- Products of each ten minutes that start at a multiple of five, with the rank of each among all and
-- among the candidates. Thresholds are the variables views_above and purchases_below.
WITH facts AS (
  SELECT occurred_at_ms AS at_ms, product_id, category, CAST(type = 'view' AS BIGINT) AS views,
    CAST(type = 'cart' AS BIGINT) AS carts, 0 AS purchases, 0 AS quantity, 0 AS cents
  FROM clicks WHERE type IN ('view', 'cart') AND NOT is_too_late
  UNION ALL
  SELECT ordered_at_ms, product_id, NULL, 0, 0, 1, quantity, quantity * unit_price_cents
  FROM order_items WHERE NOT is_too_late
), placed AS (
  SELECT *, at_ms // 300000 * 300000 - unnest([0, 300000]) AS start_ms FROM facts
), counted AS (
  SELECT start_ms, product_id, sum(views) AS views, sum(carts) AS carts,
    sum(purchases) AS purchases, sum(quantity) AS quantity, sum(cents) AS cents,
    max({'at_ms': at_ms, 'category': category}) FILTER (category IS NOT NULL) AS latest
  FROM placed GROUP BY start_ms, product_id
), judged AS (
  SELECT *, views > getvariable('views_above') AND purchases < getvariable('purchases_below')
    AS is_candidate
  FROM counted
)
SELECT CAST(start_ms AS BIGINT) AS "startMs", product_id AS "productId",
  latest.category AS category, CAST(views AS BIGINT) AS views, CAST(carts AS BIGINT) AS carts,
  CAST(purchases AS BIGINT) AS purchases, CAST(quantity AS BIGINT) AS quantity,
  CAST(cents AS BIGINT) AS "revenueCents",
  floor(purchases / nullif(views, 0) * 1000 + 0.5) / 10 AS "conversionPercent",
  is_candidate AS "isCandidate",
  row_number() OVER (PARTITION BY start_ms ORDER BY views DESC, product_id) AS place,
  row_number() OVER (PARTITION BY start_ms, is_candidate ORDER BY views DESC, product_id)
    AS "placeOfKind"
FROM judged
ORDER BY start_ms, place
