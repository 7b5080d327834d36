WITH total AS (
  SELECT timeMs // 3600000 * 3600000 AS startMs, category, product, sum(pieces) AS pieces
  FROM item
  GROUP BY ALL
)
SELECT
  startMs,
  category,
  row_number() OVER (PARTITION BY startMs, category ORDER BY pieces DESC, product) AS place,
  product,
  pieces
FROM total
QUALIFY place <= 10
