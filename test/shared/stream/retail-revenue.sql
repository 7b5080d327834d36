SELECT
  epoch_ms(date_trunc('hour', InvoiceDate)) AS startMs,
  count(*) AS lines,
  CAST(100 * sum(Quantity * UnitPrice) AS BIGINT) AS cents
FROM retail
GROUP BY startMs
ORDER BY startMs
