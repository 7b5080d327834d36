/** The Glue types the lake uses; each has one Parquet form that Athena and DuckDB read alike. */
export type GlueType =
  | 'bigint'
  | 'int'
  | 'string'
  | 'timestamp'
  | 'boolean'
  | `decimal(${number},${number})`;

/** Glue type of every captured column that a data set may carry; a column name means one type everywhere. */
export const columnTypes: Readonly<Record<string, GlueType>> = {
  id: 'bigint',
  row_version: 'bigint',
  created_at: 'timestamp',
  updated_at: 'timestamp',
  amount: 'decimal(12,2)',
  card_fingerprint: 'string',
  carrier: 'string',
  cart_id: 'bigint',
  category_id: 'bigint',
  channel: 'string',
  customer_id: 'bigint',
  delivered_at: 'timestamp',
  device_id: 'string',
  installments: 'int',
  ip_hash: 'string',
  kind: 'string',
  method: 'string',
  occurred_at: 'timestamp',
  order_id: 'bigint',
  ordered_at: 'timestamp',
  paid_at: 'timestamp',
  payment_id: 'bigint',
  product_id: 'bigint',
  quantity: 'int',
  seller_id: 'bigint',
  shipment_id: 'bigint',
  shipped_at: 'timestamp',
  shipping_address_hash: 'string',
  shipping_country: 'string',
  status: 'string',
  total: 'decimal(12,2)',
  transaction_id: 'string',
  unit_price: 'decimal(12,2)',
};
