/**
 * What leaves PostgreSQL: the allow-list of captured tables and columns, and the column whose value
 * partitions the change stream. The CDK app renders it as DMS mappings; nothing else may.
 *
 * Facts that a job keys by customer are partitioned by `customer_id`, which never changes; the rest
 * by primary key. Columns absent here (e-mail, phone, addresses, IP) never reach a stream.
 */
export interface CapturedTable {
  readonly name: string;
  readonly primaryKey: string;
  readonly partitionKey: string;
  readonly columns: readonly string[];
}

const stamped = ['row_version', 'created_at', 'updated_at'] as const;
/** Rows that may tell of the past say so. */
const told = ['is_backfill', ...stamped] as const;

export const capturedTables: readonly CapturedTable[] = [
  {
    name: 'categories',
    primaryKey: 'id',
    partitionKey: 'id',
    columns: ['id', 'name', 'parent_id', ...stamped],
  },
  {
    name: 'sellers',
    primaryKey: 'id',
    partitionKey: 'id',
    columns: ['id', 'name', 'country', ...stamped],
  },
  {
    name: 'customers',
    primaryKey: 'id',
    partitionKey: 'id',
    columns: [
      'id',
      'first_name',
      'last_name',
      'email_hash',
      'phone_hash',
      'address_hash',
      'country',
      ...stamped,
    ],
  },
  {
    name: 'products',
    primaryKey: 'id',
    partitionKey: 'id',
    columns: [
      'id',
      'sku',
      'name',
      'description',
      'price',
      'stock',
      'category_id',
      'seller_id',
      'brand',
      'rating',
      'reorder_point',
      'lead_time_days',
      'is_active',
      ...stamped,
    ],
  },
  {
    name: 'carts',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: ['id', 'customer_id', 'status', ...stamped],
  },
  {
    name: 'cart_items',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: ['id', 'cart_id', 'customer_id', 'product_id', 'quantity', ...stamped],
  },
  {
    name: 'wishlists',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: ['id', 'customer_id', 'product_id', ...stamped],
  },
  {
    name: 'orders',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: [
      'id',
      'customer_id',
      'ordered_at',
      'total',
      'status',
      'channel',
      'device_id',
      'ip_hash',
      'shipping_address_hash',
      'shipping_country',
      'payment_id',
      'shipment_id',
      ...told,
    ],
  },
  {
    name: 'order_items',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: [
      'id',
      'order_id',
      'customer_id',
      'product_id',
      'category_id',
      'seller_id',
      'quantity',
      'unit_price',
      'ordered_at',
      'channel',
      ...told,
    ],
  },
  {
    name: 'payments',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: [
      'id',
      'order_id',
      'customer_id',
      'paid_at',
      'method',
      'installments',
      'amount',
      'status',
      'transaction_id',
      'card_fingerprint',
      'device_id',
      'shipping_address_hash',
      ...told,
    ],
  },
  {
    name: 'shipments',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: [
      'id',
      'order_id',
      'customer_id',
      'status',
      'carrier',
      'shipping_country',
      'shipped_at',
      'delivered_at',
      ...told,
    ],
  },
  {
    name: 'order_adjustments',
    primaryKey: 'id',
    partitionKey: 'customer_id',
    columns: [
      'id',
      'order_id',
      'customer_id',
      'kind',
      'amount',
      'occurred_at',
      'order_item_id',
      'product_id',
      'category_id',
      'seller_id',
      'quantity',
      'method',
      ...told,
    ],
  },
  {
    name: 'clock',
    primaryKey: 'slice',
    partitionKey: 'partition_key',
    columns: ['slice', 'partition_key', 'ticked_at', ...stamped],
  },
];
