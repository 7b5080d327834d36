SELECT timeMs // 600000 * 600000 AS startMs, "order", cents
FROM order_change
WHERE version = 1
QUALIFY rank() OVER (PARTITION BY startMs ORDER BY cents DESC) = 1
