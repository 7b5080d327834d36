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
  address_hash: 'string',
  amount: 'decimal(12,2)',
  brand: 'string',
  card_fingerprint: 'string',
  carrier: 'string',
  cart_id: 'bigint',
  category_id: 'bigint',
  channel: 'string',
  country: 'string',
  customer_id: 'bigint',
  delivered_at: 'timestamp',
  description: 'string',
  device_id: 'string',
  email_hash: 'string',
  first_name: 'string',
  installments: 'int',
  ip_hash: 'string',
  is_active: 'boolean',
  is_backfill: 'boolean',
  kind: 'string',
  last_name: 'string',
  lead_time_days: 'int',
  method: 'string',
  name: 'string',
  occurred_at: 'timestamp',
  order_id: 'bigint',
  order_item_id: 'bigint',
  ordered_at: 'timestamp',
  paid_at: 'timestamp',
  parent_id: 'bigint',
  payment_id: 'bigint',
  phone_hash: 'string',
  price: 'decimal(12,2)',
  product_id: 'bigint',
  quantity: 'int',
  rating: 'decimal(2,1)',
  reorder_point: 'int',
  seller_id: 'bigint',
  shipment_id: 'bigint',
  shipped_at: 'timestamp',
  shipping_address_hash: 'string',
  shipping_country: 'string',
  sku: 'string',
  status: 'string',
  stock: 'int',
  total: 'decimal(12,2)',
  transaction_id: 'string',
  unit_price: 'decimal(12,2)',
};
