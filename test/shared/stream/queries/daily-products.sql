SELECT
  timeMs // 86400000 * 86400000 AS startMs,
  product,
  count(*) FILTER (cents < 3000) AS cheap,
  count(*) FILTER (cents >= 3000) AS dear,
  min(cents) AS lowest,
  max(cents) AS highest,
  count(*) AS items,
  avg(cents) AS mean,
  count(*) * sum(cents * cents) - sum(cents) * sum(cents) AS spread,
  sum(cents) AS cents
FROM item
GROUP BY startMs, product
