SELECT
  timeMs // 86400000 * 86400000 AS startMs,
  channel,
  count(*) AS changes,
  count(*) FILTER (cents < 10000) AS small,
  count(*) FILTER (cents >= 10000 AND cents < 30000) AS middle,
  count(*) FILTER (cents >= 30000) AS large,
  count(DISTINCT customer) AS customers,
  count(DISTINCT customer) FILTER (cents < 10000) AS customersSmall,
  count(DISTINCT customer) FILTER (cents >= 10000 AND cents < 30000) AS customersMiddle,
  count(DISTINCT customer) FILTER (cents >= 30000) AS customersLarge,
  count(DISTINCT "order") AS orders,
  count(DISTINCT "order") FILTER (cents < 10000) AS ordersSmall
FROM order_change
GROUP BY startMs, channel
