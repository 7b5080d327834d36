SELECT
  at_ms // getvariable('window_ms') * getvariable('window_ms') AS "startMs",
  method AS "method",
  count(*) FILTER (status = 'approved') AS "payments",
  CAST(coalesce(sum(cents) FILTER (status = 'approved'), 0) AS BIGINT) AS "paidCents",
  count(*) FILTER (status = 'declined') AS "declinedPayments",
  CAST(coalesce(sum(cents) FILTER (status = 'given back'), 0) AS BIGINT) AS "refundedCents"
FROM (
  SELECT attempted_at_ms AS at_ms, method, status, amount_cents AS cents
  FROM payments WHERE NOT is_too_late
  UNION ALL
  SELECT occurred_at_ms, method, 'given back', amount_cents
  FROM adjustments WHERE NOT is_too_late
)
GROUP BY 1, 2
ORDER BY 1, "paidCents" DESC, 2 NULLS LAST
