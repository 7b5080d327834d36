WITH total AS (
  SELECT
    epoch_ms(date_trunc('hour', InvoiceDate)) AS startMs,
    StockCode AS product,
    sum(Quantity) AS pieces
  FROM retail
  GROUP BY ALL
)
SELECT
  startMs,
  row_number() OVER (PARTITION BY startMs ORDER BY pieces DESC, product) AS place,
  product,
  pieces
FROM total
QUALIFY place <= 10
ORDER BY startMs, place
