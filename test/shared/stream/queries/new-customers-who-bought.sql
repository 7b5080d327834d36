SELECT r.timeMs // 600000 * 600000 AS startMs, r.customer, count(*) AS orders
FROM registration AS r
JOIN order_change AS o
  ON o.customer = r.customer AND o.timeMs // 600000 = r.timeMs // 600000 AND o.version = 1
GROUP BY ALL
