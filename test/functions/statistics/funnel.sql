-- Every hour for itself: what happened in it and in the two hours before, cut into sessions, of
-- which those count that are active in the hour.
WITH hours AS (
  SELECT DISTINCT (at_ms // 3600000 + ahead) * 3600000 AS start_ms
  FROM visit_events, (SELECT unnest([0, 1, 2]) AS ahead)
),
seen AS (
  SELECT start_ms, visit_events.*
  FROM hours JOIN visit_events
    ON at_ms >= start_ms - 7200000 AND at_ms < start_ms + 3600000
),
marked AS (
  SELECT *, CASE WHEN at_ms - lag(at_ms) OVER (PARTITION BY start_ms, visitor ORDER BY at_ms) < 1800000
    THEN 0 ELSE 1 END AS is_first
  FROM seen
),
numbered AS (
  SELECT *, sum(is_first) OVER (
    PARTITION BY start_ms, visitor ORDER BY at_ms RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS island
  FROM marked
),
sessions AS (
  SELECT
    start_ms,
    CASE WHEN count_if(source = 'click') = 0 THEN 'order'
      WHEN visitor LIKE 'session:%' THEN 'session' ELSE 'user' END AS kind,
    count_if(act = 'view') AS views,
    count_if(act = 'cart') AS carts,
    count_if(act = 'order') AS orders,
    count_if(act = 'approved') AS payments,
    -- When a session had come to a stage or beyond it.
    min(at_ms) FILTER (act IN ('view', 'cart', 'order', 'approved')) AS view_ms,
    min(at_ms) FILTER (act IN ('cart', 'order', 'approved')) AS cart_ms,
    min(at_ms) FILTER (act IN ('order', 'approved')) AS checkout_ms,
    min(at_ms) FILTER (act = 'approved') AS paid_ms
  FROM numbered
  GROUP BY start_ms, visitor, island
  HAVING max(at_ms) >= start_ms
)
SELECT
  start_ms AS "startMs",
  count(*) FILTER (kind = 'user') AS sessions,
  count(view_ms) FILTER (kind = 'user') AS views,
  count(*) FILTER (kind = 'user' AND view_ms >= start_ms) AS "newViews",
  count(cart_ms) FILTER (kind = 'user') AS carts,
  count(*) FILTER (kind = 'user' AND cart_ms >= start_ms) AS "newCarts",
  count(checkout_ms) FILTER (kind = 'user') AS checkouts,
  count(*) FILTER (kind = 'user' AND checkout_ms >= start_ms) AS "newCheckouts",
  count(paid_ms) FILTER (kind = 'user') AS paid,
  count(*) FILTER (kind = 'user' AND paid_ms >= start_ms) AS "newPaid",
  count(*) FILTER (kind = 'session') AS "notFollowed",
  count(*) FILTER (kind = 'session' AND views > 0) AS "notFollowedViews",
  count(*) FILTER (kind = 'session' AND carts > 0) AS "notFollowedCarts",
  count(*) FILTER (kind = 'order') AS "notLinked",
  count(*) FILTER (kind = 'order' AND orders > 0) AS "notLinkedCheckouts",
  count(*) FILTER (kind = 'order' AND payments > 0) AS "notLinkedPaid"
FROM hours LEFT JOIN sessions USING (start_ms)
GROUP BY start_ms
ORDER BY start_ms
