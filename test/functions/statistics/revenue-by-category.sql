SELECT
  at_ms // getvariable('window_ms') * getvariable('window_ms') AS "startMs",
  category_id AS "categoryId",
  count(*) FILTER (sold) AS "lines",
  CAST(coalesce(sum(quantity) FILTER (sold), 0) AS BIGINT) AS "items",
  CAST(coalesce(sum(cents) FILTER (sold), 0) AS BIGINT) AS "grossCents",
  CAST(coalesce(sum(quantity) FILTER (NOT sold), 0) AS BIGINT) AS "returnedItems",
  CAST(coalesce(sum(cents) FILTER (NOT sold), 0) AS BIGINT) AS "refundedCents",
  CAST(sum(CASE WHEN sold THEN cents ELSE -cents END) AS BIGINT) AS "netCents"
FROM (
  SELECT true AS sold, ordered_at_ms AS at_ms, category_id, quantity,
    quantity * unit_price_cents AS cents
  FROM order_items WHERE NOT is_too_late
  UNION ALL
  SELECT false, occurred_at_ms, category_id, quantity, amount_cents
  FROM adjustments WHERE NOT is_too_late
)
GROUP BY 1, 2
ORDER BY 1, "grossCents" DESC, 2 NULLS LAST
