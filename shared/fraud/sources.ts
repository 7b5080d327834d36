import { clicksOf } from '../features/clicks-of.ts';
import type { FeatureSource } from '../features/feature.ts';
import { cents, firstVersions, milliseconds } from '../lake/facts-sql.ts';

/** The entities that orders, payments and reviews are compared by, with their columns. */
const traces = {
  order: 'order_id',
  customer: 'customer_id',
  device: 'device_id',
  address: 'shipping_address_hash',
  ip: 'ip_hash',
  email: 'email_hash',
} as const;
const traceColumns = Object.values(traces);

/** What features look at, in the order in which it happens at one instant. */
export const shopSources = {
  click: clicksOf('visitor'),
  review: {
    entities: ['order', 'customer', 'card', 'device', 'address', 'ip', 'email'],
    values: { verdict: 'varchar' },
    rows: {
      from: firstVersions('order_reviews', [
        ...traceColumns,
        'card_fingerprint',
        'verdict',
        'reviewed_at',
      ]),
      id: 'id',
      atMs: milliseconds('reviewed_at'),
      entities: { ...traces, card: 'card_fingerprint' },
      values: { verdict: 'verdict' },
    },
  },
  order: {
    entities: ['order', 'customer', 'device', 'address', 'ip', 'email', 'visitor', 'amount'],
    values: {
      totalCents: 'bigint',
      customerSinceMs: 'bigint',
      country: 'varchar',
      customer: 'varchar',
      device: 'varchar',
      address: 'varchar',
      ip: 'varchar',
    },
    rows: {
      from: firstVersions('orders', [
        ...traceColumns.filter((column) => column !== 'order_id'),
        'customer_hash',
        'total',
        'customer_since',
        'shipping_country',
        'ordered_at',
      ]),
      id: 'id',
      atMs: milliseconds('ordered_at'),
      entities: {
        ...traces,
        order: 'id',
        visitor: 'customer_hash',
        amount: `concat(shipping_country, '|', CAST(${cents('total')} AS varchar))`,
      },
      values: {
        totalCents: cents('total'),
        customerSinceMs: milliseconds('customer_since'),
        country: 'shipping_country',
        customer: 'customer_id',
        device: 'device_id',
        address: 'shipping_address_hash',
        ip: 'ip_hash',
      },
    },
  },
  item: {
    entities: ['order', 'customer'],
    values: {
      quantity: 'bigint',
      unitPriceCents: 'bigint',
      category: 'varchar',
      seller: 'varchar',
    },
    rows: {
      from: firstVersions('order_items', [
        'order_id',
        'customer_id',
        'quantity',
        'unit_price',
        'category_id',
        'seller_id',
        'ordered_at',
      ]),
      id: 'id',
      atMs: milliseconds('ordered_at'),
      entities: { order: 'order_id', customer: 'customer_id' },
      values: {
        quantity: 'quantity',
        unitPriceCents: cents('unit_price'),
        category: 'category_id',
        seller: 'seller_id',
      },
    },
  },
  adjustment: {
    entities: ['order', 'customer'],
    values: { kind: 'varchar', amountCents: 'bigint' },
    rows: {
      from: firstVersions('order_adjustments', [
        'order_id',
        'customer_id',
        'kind',
        'amount',
        'occurred_at',
      ]),
      id: 'id',
      atMs: milliseconds('occurred_at'),
      entities: { order: 'order_id', customer: 'customer_id' },
      values: { kind: 'kind', amountCents: cents('amount') },
    },
  },
  payment: {
    entities: ['order', 'customer', 'card', 'device', 'address', 'ip', 'email', 'visitor'],
    values: {
      totalCents: 'bigint',
      amountCents: 'bigint',
      installments: 'bigint',
      customerSinceMs: 'bigint',
      orderedAtMs: 'bigint',
      method: 'varchar',
      status: 'varchar',
      country: 'varchar',
      customer: 'varchar',
      card: 'varchar',
      device: 'varchar',
      address: 'varchar',
      ip: 'varchar',
    },
    rows: {
      from: firstVersions('payments', [
        ...traceColumns,
        'customer_hash',
        'card_fingerprint',
        'order_total',
        'amount',
        'installments',
        'customer_since',
        'ordered_at',
        'attempted_at',
        'created_at',
        'method',
        'status',
        'shipping_country',
      ]),
      id: 'id',
      atMs: milliseconds('coalesce(attempted_at, created_at)'),
      entities: { ...traces, card: 'card_fingerprint', visitor: 'customer_hash' },
      values: {
        totalCents: cents('order_total'),
        amountCents: cents('amount'),
        installments: 'installments',
        customerSinceMs: milliseconds('customer_since'),
        orderedAtMs: milliseconds('ordered_at'),
        method: 'method',
        status: 'status',
        country: 'shipping_country',
        customer: 'customer_id',
        card: 'card_fingerprint',
        device: 'device_id',
        address: 'shipping_address_hash',
        ip: 'ip_hash',
      },
    },
  },
} as const satisfies Readonly<Record<string, FeatureSource>>;
