import { clicksOf } from '../features/clicks-of.ts';
import type { FeatureSource } from '../features/feature.ts';
import { cents, firstVersions, milliseconds } from '../lake/facts-sql.ts';

/** What features of sales look at, in the order in which it happens at one instant. */
export const saleSources = {
  click: clicksOf('customer'),
  order: {
    entities: ['customer'],
    values: { totalCents: 'bigint' },
    rows: {
      from: firstVersions('orders', ['customer_hash', 'total', 'ordered_at']),
      id: 'id',
      atMs: milliseconds('ordered_at'),
      entities: { customer: 'customer_hash' },
      values: { totalCents: cents('total') },
    },
  },
  item: {
    entities: ['seller', 'category', 'season', 'hour', 'product', 'customer'],
    values: {
      quantity: 'bigint',
      unitPriceCents: 'bigint',
      amountCents: 'bigint',
      category: 'varchar',
      seller: 'varchar',
    },
    rows: {
      from: firstVersions('order_items', [
        'product_id',
        'category_id',
        'seller_id',
        'customer_hash',
        'quantity',
        'unit_price',
        'ordered_at',
      ]),
      id: 'id',
      atMs: milliseconds('ordered_at'),
      entities: {
        seller: 'seller_id',
        category: 'category_id',
        season:
          "concat(CAST(category_id AS varchar), '|', CAST(year(ordered_at) AS varchar), '-Q', CAST(quarter(ordered_at) AS varchar))",
        hour: `concat(CAST(category_id AS varchar), '|', CAST((${milliseconds('ordered_at')} / 3600000 + 72) % 168 AS varchar))`,
        product: 'product_id',
        customer: 'customer_hash',
      },
      values: {
        quantity: 'quantity',
        unitPriceCents: cents('unit_price'),
        amountCents: `quantity * ${cents('unit_price')}`,
        category: 'category_id',
        seller: 'seller_id',
      },
    },
  },
} as const satisfies Readonly<Record<string, FeatureSource>>;
