-- Orders and revenue of each hour of the last two days, cancelled and expired orders left out
SELECT
  date_trunc('hour', ordered_at) AS hour,
  count(*) AS orders,
  sum(total) AS revenue,
  count(DISTINCT customer_id) AS customers
FROM orders
WHERE status NOT IN ('cancelled', 'expired')
  AND ordered_at >= current_timestamp - INTERVAL '2' DAY
GROUP BY date_trunc('hour', ordered_at)
ORDER BY hour DESC
