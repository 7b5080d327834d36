-- Views of the ten minutes that start at each minute, and the ten products that have most of them.
WITH views AS (
  SELECT unnest(range(
    occurred_at_ms // 60000 * 60000 - 540000, occurred_at_ms + 1, 60000
  )) AS start_ms, product_id
  FROM clicks WHERE type = 'view' AND NOT is_too_late
), counted AS (
  SELECT start_ms, product_id, count(*) AS views FROM views GROUP BY start_ms, product_id
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY start_ms ORDER BY views DESC, product_id) AS place
  FROM counted
)
SELECT start_ms, to_json({
  'views': sum(views),
  'distinctProducts': count(*),
  'products': list({'productId': product_id, 'views': views} ORDER BY place)
    FILTER (place <= 10)
}) AS data
FROM ranked
GROUP BY start_ms
ORDER BY start_ms
