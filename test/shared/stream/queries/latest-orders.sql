SELECT timeMs // 86400000 * 86400000 AS startMs, "order", customer, status, cents
FROM order_change
QUALIFY row_number() OVER (PARTITION BY startMs, "order" ORDER BY version DESC) = 1
