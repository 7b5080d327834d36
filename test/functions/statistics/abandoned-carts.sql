-- Stretches of cart clicks and orders, an hour of silence between them; of each product the last
-- move counts, of one instant the removal.
WITH moves AS (
  SELECT * FROM visit_events WHERE act IN ('cart', 'remove', 'order')
),
marked AS (
  SELECT *, CASE WHEN at_ms - lag(at_ms) OVER (PARTITION BY visitor ORDER BY at_ms) < 3600000
    THEN 0 ELSE 1 END AS is_first
  FROM moves
),
numbered AS (
  SELECT *, sum(is_first) OVER (
    PARTITION BY visitor ORDER BY at_ms RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS island
  FROM marked
),
stretches AS (
  SELECT visitor, island, max(at_ms) AS last_ms FROM numbered
  GROUP BY visitor, island
  HAVING count_if(act = 'order') = 0
),
last_moves AS (
  SELECT visitor, island, last_ms, product_id, act, category, at_ms, row_number() OVER (
    PARTITION BY visitor, island, product_id ORDER BY at_ms DESC, act DESC
  ) AS place
  FROM numbered JOIN stretches USING (visitor, island)
)
SELECT
  substr(visitor, strpos(visitor, ':') + 1) AS visitor,
  CASE WHEN visitor LIKE 'session:%' THEN 'session' ELSE 'user' END AS "visitorKind",
  min(at_ms) AS "firstAtMs",
  any_value(last_ms) AS "lastAtMs",
  count(*) AS "productsLeft",
  CAST(to_json(list(
    {'productId': product_id, 'category': category, 'addedAtMs': at_ms}
    ORDER BY at_ms DESC, product_id
  )) AS VARCHAR) AS products
FROM last_moves
WHERE place = 1 AND act = 'cart'
GROUP BY visitor, island
ORDER BY "lastAtMs", visitor
