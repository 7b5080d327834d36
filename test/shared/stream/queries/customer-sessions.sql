WITH beginning AS (
  SELECT *, coalesce(timeMs - lag(timeMs) OVER earlier >= 600000, true) AS begins
  FROM item
  WINDOW earlier AS (PARTITION BY customer ORDER BY timeMs, item)
),
numbered AS (
  SELECT *, sum(begins::INT) OVER (PARTITION BY customer ORDER BY timeMs, item) AS session
  FROM beginning
)
SELECT
  min(timeMs) AS startMs,
  customer,
  max(timeMs) + 600000 AS endMs,
  count(*) AS items,
  sum(pieces * cents) AS cents
FROM numbered
GROUP BY customer, session
