-- Every window that sold something or comes right after one that did, a row of JSON each; SIZE stands
-- for its length. What of it is tested for a rise stands in `counts`.
WITH items AS (
  SELECT ordered_at_ms // SIZE * SIZE AS start_ms, product_id, category_id, quantity,
    quantity * unit_price_cents AS cents
  FROM order_items WHERE NOT is_too_late
), windows AS (
  SELECT start_ms FROM items UNION SELECT start_ms + SIZE FROM items
), totals AS (
  SELECT start_ms, count(*) AS lines, sum(quantity) AS quantity, sum(cents) AS cents,
    count(DISTINCT product_id) AS products, count(DISTINCT coalesce(category_id, -1)) AS categories
  FROM items GROUP BY start_ms
), products AS (
  SELECT start_ms, product_id, count(*) AS lines, sum(quantity) AS quantity, sum(cents) AS cents,
    row_number() OVER (
      PARTITION BY start_ms ORDER BY sum(quantity) DESC, product_id) AS by_quantity,
    row_number() OVER (PARTITION BY start_ms ORDER BY sum(cents) DESC, product_id) AS by_revenue
  FROM items GROUP BY start_ms, product_id
), pairs AS (
  SELECT start_ms, product_id, sum(lines) AS lines, sum(lines_before) AS lines_before
  FROM (
    SELECT start_ms, product_id, lines, 0 AS lines_before FROM products
    UNION ALL SELECT start_ms + SIZE, product_id, 0, lines FROM products
  ) GROUP BY ALL
), best AS (
  SELECT start_ms, category_id, first(product_id ORDER BY cents DESC, product_id) AS product_id
  FROM (
    SELECT start_ms, category_id, product_id, sum(cents) AS cents FROM items GROUP BY ALL
  ) GROUP BY ALL
), categories AS (
  SELECT start_ms, category_id, count(*) AS lines, sum(quantity) AS quantity, sum(cents) AS cents,
    count(DISTINCT product_id) AS products,
    row_number() OVER (
      PARTITION BY start_ms ORDER BY sum(cents) DESC, category_id NULLS LAST) AS place
  FROM items GROUP BY start_ms, category_id
), told AS (
  SELECT now.*, best.product_id AS best, coalesce(was.cents, 0) AS before, totals.cents AS whole
  FROM categories AS now
  JOIN best ON best.start_ms = now.start_ms AND best.category_id IS NOT DISTINCT FROM now.category_id
  JOIN totals ON totals.start_ms = now.start_ms
  LEFT JOIN categories AS was ON was.start_ms = now.start_ms - SIZE
    AND was.category_id IS NOT DISTINCT FROM now.category_id
)
SELECT windows.start_ms,
  to_json({
    'lines': coalesce(now.lines, 0),
    'quantity': coalesce(now.quantity, 0),
    'revenueCents': coalesce(now.cents, 0),
    'distinctProducts': coalesce(now.products, 0),
    'before': {
      'lines': coalesce(was.lines, 0),
      'quantity': coalesce(was.quantity, 0),
      'revenueCents': coalesce(was.cents, 0)
    },
    'byQuantity': coalesce((
      SELECT list({'productId': product_id, 'lines': lines, 'quantity': quantity, 'revenueCents': cents}
        ORDER BY by_quantity)
      FROM products WHERE start_ms = windows.start_ms AND by_quantity <= SHOWN), []),
    'byRevenue': coalesce((
      SELECT list({'productId': product_id, 'lines': lines, 'quantity': quantity, 'revenueCents': cents}
        ORDER BY by_revenue)
      FROM products WHERE start_ms = windows.start_ms AND by_revenue <= SHOWN), []),
    'distinctCategories': coalesce(now.categories, 0),
    'categories': coalesce((
      SELECT list({
        'categoryId': category_id, 'lines': lines, 'quantity': quantity, 'revenueCents': cents,
        'distinctProducts': products,
        'revenueSharePercent': CASE WHEN whole > 0
          THEN floor(cents / whole::DOUBLE * 1000 + 0.5) / 10 END,
        'revenueCentsBefore': before,
        'revenueChangePercent': CASE WHEN before > 0
          THEN floor((cents - before) / before::DOUBLE * 1000 + 0.5) / 10 END,
        'bestProductId': best
      } ORDER BY place)
      FROM told WHERE start_ms = windows.start_ms AND place <= 20), [])
  }) AS data,
  to_json(coalesce((
    SELECT list({'productId': product_id, 'lines': lines, 'linesBefore': lines_before}
      ORDER BY product_id)
    FROM pairs
    WHERE pairs.start_ms = windows.start_ms AND lines + lines_before >= LINES_MIN), [])) AS counts
FROM windows
LEFT JOIN totals AS now ON now.start_ms = windows.start_ms
LEFT JOIN totals AS was ON was.start_ms = windows.start_ms - SIZE
ORDER BY windows.start_ms
