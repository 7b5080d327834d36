-- Each minute that starts at a half minute, beside the minute before it, where either holds anything.
-- Thresholds are the variables sound_min, p_max and growth_min.
WITH facts AS (
  SELECT ordered_at_ms AS at_ms, NULL AS seller_id, CAST(total_cents > 0 AS BIGINT) AS orders,
    0 AS sales, 0 AS quantity, 0 AS cents, 0 AS unsold, 0 AS unsound
  FROM orders WHERE NOT is_too_late
  UNION ALL
  SELECT ordered_at_ms, seller_id, 0, 1, quantity, quantity * unit_price_cents, 0,
    CAST(arrival_ms - ordered_at_ms NOT BETWEEN 0 AND 10000 AS BIGINT)
  FROM order_items WHERE NOT is_too_late AND seller_id IS NOT NULL
  UNION ALL
  SELECT ordered_at_ms, NULL, 0, 0, 0, 0, 1, 0
  FROM order_items WHERE NOT is_too_late AND seller_id IS NULL
), placed AS (
  SELECT *, at_ms // 30000 * 30000 - unnest([0, 30000]) AS start_ms FROM facts
), counted AS (
  SELECT start_ms, sum(sales) AS sales, sum(quantity) AS quantity, sum(cents) AS cents,
    sum(orders) AS orders, count(DISTINCT seller_id) AS sellers, sum(unsold) AS unsold,
    sum(unsound) AS unsound
  FROM placed GROUP BY start_ms
), starts AS (
  SELECT start_ms FROM counted UNION SELECT start_ms + 60000 FROM counted
), beside AS (
  SELECT s.start_ms,
    coalesce(w.sales, 0) AS sales, coalesce(w.quantity, 0) AS quantity,
    coalesce(w.cents, 0) AS cents, coalesce(w.orders, 0) AS orders,
    coalesce(w.sellers, 0) AS sellers, coalesce(w.unsold, 0) AS unsold,
    coalesce(w.unsound, 0) AS unsound,
    coalesce(b.sales, 0) AS sales_0, coalesce(b.quantity, 0) AS quantity_0,
    coalesce(b.cents, 0) AS cents_0, coalesce(b.orders, 0) AS orders_0,
    coalesce(b.sellers, 0) AS sellers_0
  FROM starts s
  LEFT JOIN counted w ON w.start_ms = s.start_ms
  LEFT JOIN counted b ON b.start_ms = s.start_ms - 60000
), tested AS (
  SELECT *,
    CASE WHEN orders_0 > 0 THEN list_sum(list_transform(
      range(CAST(orders AS BIGINT), CAST(orders + orders_0 + 1 AS BIGINT)),
      lambda i: exp(lgamma(orders + orders_0 + 1) - lgamma(i + 1) - lgamma(orders + orders_0 - i + 1)
        - (orders + orders_0) * ln(2)))) END AS p_value,
    CASE WHEN sales = 0 THEN 100 ELSE (sales - unsound) * 100.0 / sales END AS sound_percent
  FROM beside
)
SELECT CAST(start_ms AS BIGINT) AS "startMs",
  CAST(sales AS BIGINT) AS sales, CAST(quantity AS BIGINT) AS quantity,
  CAST(cents AS BIGINT) AS "revenueCents", CAST(orders AS BIGINT) AS orders,
  CAST(sellers AS BIGINT) AS sellers, CAST(unsold AS BIGINT) AS "linesWithoutSeller",
  CAST(sales_0 AS BIGINT) AS "salesBefore", CAST(quantity_0 AS BIGINT) AS "quantityBefore",
  CAST(cents_0 AS BIGINT) AS "revenueCentsBefore", CAST(orders_0 AS BIGINT) AS "ordersBefore",
  CAST(sellers_0 AS BIGINT) AS "sellersBefore",
  floor((sales - sales_0) / nullif(sales_0, 0) * 1000 + 0.5) / 10 AS "growthPercent",
  floor((cents - cents_0) / nullif(cents_0, 0) * 1000 + 0.5) / 10 AS "revenueGrowthPercent",
  CAST(p_value AS DOUBLE) AS "pValue",
  floor(sound_percent * 10) / 10 AS "soundPercent",
  sales >= 5 AND cents >= 10000 AND sellers >= 2 AND sound_percent >= getvariable('sound_min') AS "isJudged",
  coalesce(sales >= 5 AND cents >= 10000 AND sellers >= 2 AND sound_percent >= getvariable('sound_min')
    AND sales_0 > 0 AND (sales - sales_0) * 100 >= getvariable('growth_min') * sales_0
    AND p_value < getvariable('p_max'), false) AS "isSpike"
FROM tested
ORDER BY start_ms
