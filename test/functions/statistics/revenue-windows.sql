-- Totals of each window that anything happened in; the length of windows is the variable window_ms.
WITH facts AS (
  SELECT ordered_at_ms AS at_ms, CAST(total_cents > 0 AS BIGINT) AS orders, total_cents AS gross,
    0 AS pieces, 0 AS refunded, 0 AS lines, 0 AS adjusted
  FROM orders WHERE NOT is_too_late
  UNION ALL
  SELECT ordered_at_ms, 0, 0, quantity, 0, 1, 0 FROM order_items WHERE NOT is_too_late
  UNION ALL
  SELECT occurred_at_ms, 0, 0, 0, amount_cents, 0, 1 FROM adjustments WHERE NOT is_too_late
  UNION ALL
  SELECT attempted_at_ms, 0, 0, 0, 0, 0, 0 FROM payments WHERE NOT is_too_late
)
SELECT
  at_ms // getvariable('window_ms') * getvariable('window_ms') AS "startMs",
  CAST(sum(orders) AS BIGINT) AS "orders",
  CAST(sum(pieces) AS BIGINT) AS "items",
  CAST(sum(gross) AS BIGINT) AS "grossCents",
  CAST(sum(refunded) AS BIGINT) AS "refundedCents",
  CAST(sum(gross) - sum(refunded) AS BIGINT) AS "netCents",
  CAST(round(sum(gross) / nullif(sum(orders), 0)) AS BIGINT) AS "averageOrderCents",
  CAST(sum(lines) AS BIGINT) AS "lines",
  CAST(sum(adjusted) AS BIGINT) AS "adjustedLines"
FROM facts
GROUP BY 1
ORDER BY 1
