-- Clicks, orders and payments that came in time, each with its visitor.
CREATE TABLE visit_events AS
SELECT
  CASE WHEN user_hash IS NULL THEN 'session:' || session_hash ELSE 'user:' || user_hash END AS visitor,
  occurred_at_ms AS at_ms,
  'click' AS source,
  type AS act,
  product_id,
  category,
  0 AS cents
FROM clicks WHERE NOT is_too_late
UNION ALL
SELECT
  coalesce('user:' || customer_hash, 'customer:' || customer_id),
  ordered_at_ms, 'order', 'order', NULL, NULL, total_cents
FROM orders WHERE NOT is_too_late
UNION ALL
SELECT
  coalesce('user:' || customer_hash, 'customer:' || customer_id),
  attempted_at_ms, 'payment', status, NULL, NULL, amount_cents
FROM payments WHERE NOT is_too_late
