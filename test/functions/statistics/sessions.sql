-- Gaps and islands: a silence of half an hour, to the millisecond, begins a new session.
WITH marked AS (
  SELECT *, CASE WHEN at_ms - lag(at_ms) OVER (PARTITION BY visitor ORDER BY at_ms) < 1800000
    THEN 0 ELSE 1 END AS is_first
  FROM visit_events
),
numbered AS (
  SELECT *, sum(is_first) OVER (
    PARTITION BY visitor ORDER BY at_ms RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS island
  FROM marked
)
SELECT
  min(at_ms) AS "firstAtMs",
  max(at_ms) AS "lastAtMs",
  substr(visitor, strpos(visitor, ':') + 1) AS visitor,
  CASE WHEN count_if(source = 'click') = 0 THEN 'order'
    WHEN visitor LIKE 'session:%' THEN 'session' ELSE 'user' END AS "visitorKind",
  count(*) AS events,
  count_if(source = 'click') AS clicks,
  count_if(act = 'view') AS views,
  count(DISTINCT product_id) FILTER (act = 'view') AS "viewedProducts",
  count_if(act = 'cart') AS carts,
  count(DISTINCT product_id) FILTER (act = 'cart') AS "cartedProducts",
  CASE WHEN count_if(act = 'approved') > 0 THEN 'paid'
    WHEN count_if(act = 'order' AND cents > 0) > 0 THEN 'checkout'
    WHEN count_if(act = 'cart') > 0 THEN 'cart'
    WHEN count_if(act = 'view') > 0 THEN 'view' END AS reached,
  min(at_ms) FILTER (act = 'view') AS "firstViewAtMs",
  min(at_ms) FILTER (act = 'cart') AS "firstCartAtMs",
  min(at_ms) FILTER (act = 'order' AND cents > 0) AS "firstCheckoutAtMs",
  min(at_ms) FILTER (act = 'approved') AS "firstPaidAtMs",
  count_if(act = 'order' AND cents > 0) AS orders,
  coalesce(sum(cents) FILTER (act = 'order'), 0) AS "orderedCents",
  coalesce(sum(cents) FILTER (act = 'approved'), 0) AS "paidCents"
FROM numbered
GROUP BY visitor, island
ORDER BY "firstAtMs", visitor, "lastAtMs"
