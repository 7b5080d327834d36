WITH placed AS (
  SELECT
    unnest(range((timeMs - 600000) // 120000 * 120000 + 120000, timeMs + 1, 120000)) AS startMs,
    product
  FROM item
)
SELECT startMs, product, count(*) AS sales
FROM placed
GROUP BY startMs, product
QUALIFY rank() OVER (PARTITION BY startMs ORDER BY sales DESC) = 1
