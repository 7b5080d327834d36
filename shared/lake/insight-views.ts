import { insightTypes } from '../events/insight-types.ts';
import { customerBehavior, saleFeatures } from '../sales/sale-features.ts';
import { newestInsightsSql } from './insights.ts';
import { type JsonColumn, jsonColumns, type ViewType } from './json-columns.ts';

/** A view of the lake. */
export interface LakeView {
  readonly name: string;
  /** What a row is, in a few words. */
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly type: ViewType }[];
  readonly sql: string;
}

/** Rows of a view: an insight each, or a member each of one of its lists. */
interface Declared {
  readonly name: string;
  readonly type: string;
  readonly list?: string;
  readonly title: string;
  /** Insights of the type have windows. */
  readonly windowed: boolean;
  /** Columns that have another name or type than their field tells. */
  readonly instead?: Readonly<Record<string, { readonly name?: string; readonly type?: 'bigint' }>>;
  /** A list that is made of other columns. */
  readonly vector?: { readonly name: string; readonly of: readonly string[] };
}

const windowed = (name: string, type: string, title: string, list?: string): Declared => ({
  ...event(name, type, title, list),
  windowed: true,
});

function event(name: string, type: string, title: string, list?: string): Declared {
  return { name, type, title, windowed: false, ...(list !== undefined && { list }) };
}

const saleIds = ['item_id', 'order_id', 'product_id', 'category_id', 'seller_id'];

const declared: readonly Declared[] = [
  windowed('revenue_windows', 'revenue', 'Revenue of one window'),
  windowed('revenue_by_category', 'revenue', 'Revenue of a category in one window', 'categories'),
  windowed('revenue_by_method', 'revenue', 'Payments in one way in one window', 'methods'),
  windowed('top_product_windows', 'top-products', 'Products sold in one window'),
  windowed('top_products', 'top-products', 'A product of most pieces in one window', 'byQuantity'),
  windowed('top_products_by_revenue', 'top-products', 'A product of most revenue', 'byRevenue'),
  windowed('trending_products', 'top-products', 'A product whose share rises', 'trending'),
  windowed('category_performance', 'top-products', 'A category in one window', 'categories'),
  windowed('most_viewed_windows', 'most-viewed', 'Views of one window'),
  windowed('most_viewed', 'most-viewed', 'A product viewed most in one window', 'products'),
  windowed('sales_pulse', 'sales-pulse', 'Sales of one window beside the one before'),
  windowed('sales_pulse_gates', 'sales-pulse', 'What a window needs before a rise counts', 'gates'),
  windowed('product_interest_windows', 'product-interest', 'Interest and purchases of one window'),
  windowed('product_interest', 'product-interest', 'A product in one window', 'products'),
  windowed('funnel', 'funnel', 'How far the sessions of one window came'),
  windowed('funnel_stages', 'funnel', 'A stage of the funnel in one window', 'stages'),
  windowed('sessions', 'session', 'What one visitor did between two silences'),
  windowed('abandoned_carts', 'abandoned-cart', 'A cart that was left alone'),
  windowed('abandoned_cart_products', 'abandoned-cart', 'A product in such a cart', 'products'),
  {
    ...event(
      'sale_features',
      'sale-features',
      'What was known of a line of an order when it was sold',
    ),
    instead: {
      ...Object.fromEntries(saleIds.map((name) => [name, { type: 'bigint' }])),
      ...Object.fromEntries(
        saleFeatures.features.map(({ name }) => [`features_${name}`, { name }]),
      ),
      customer: { name: 'customer_hash' },
      occurred_at: { name: 'sold_at' },
    },
    vector: { name: 'customer_behavior_vector', of: customerBehavior },
  },
  event('alerts', 'alert', 'An alert'),
  event('fraud_cases', 'fraud-case', 'What is known of an order that was judged'),
  event('fraud_case_reasons', 'fraud-case', 'A feature that weighs in a score', 'reasons'),
  event('fraud_case_rules', 'fraud-case', 'A rule that found something in an order', 'ruleHits'),
];

/**
 * The insights by type, as tables: of each result the newest, its data in columns by the schema of
 * the type. A list has a view of its own, with `place` from 1 in its order; `id` joins them.
 */
export const insightViews: readonly LakeView[] = declared.map(toView);

function toView(view: Declared): LakeView {
  const { name, title, list } = view;
  const schema = insightTypes.find(({ type }) => type === view.type)?.data;
  if (!schema) {
    throw new TypeError(`Cannot declare view ${name}: no such insight: received "${view.type}"`);
  }
  const lists = new Set(
    declared.flatMap((one) => (one.type === view.type ? (one.list ?? []) : [])),
  );
  const ofData =
    list === undefined
      ? jsonColumns(schema, 'data', { without: lists })
      : jsonColumns(schema, 'list.member', { list });
  const named = ofData.map((one) => renamed(one, view.instead?.[one.name] ?? {}));
  const vector = view.vector ? [vectorOf(view.vector, named)] : [];
  const columns = [...common(view), ...named, ...vector, column('day', 'string')];
  const select = columns.map((one) =>
    one.sql === one.name ? one.sql : `${one.sql} AS ${one.name}`,
  );
  const members = `CROSS JOIN UNNEST(CAST(json_extract(data, '$.${list}') AS array(json))) WITH ORDINALITY AS list (member, place)`;
  return {
    name,
    title,
    columns: columns.map((one) => ({ name: one.name, type: one.type })),
    sql: [
      `SELECT ${select.join(',\n  ')}`,
      `FROM (\n${newestInsightsSql(view.type)}\n) AS newest`,
      ...(list === undefined ? [] : [members]),
    ].join('\n'),
  };
}

function common({ windowed: hasWindow, list }: Declared): readonly JsonColumn[] {
  return [
    column('id', 'string'),
    column('job', 'string'),
    ...(hasWindow ? [column('window_start', 'timestamp'), column('window_end', 'timestamp')] : []),
    column('revision', 'int'),
    ...(list === undefined ? [] : [{ name: 'place', type: 'bigint', sql: 'list.place' } as const]),
  ];
}

function renamed(column: JsonColumn, { name, type }: Partial<JsonColumn>): JsonColumn {
  const sql = type === undefined ? column.sql : `CAST(${column.sql} AS ${type})`;
  return { name: name ?? column.name, type: type ?? column.type, sql };
}

function vectorOf(
  { name, of }: NonNullable<Declared['vector']>,
  columns: readonly JsonColumn[],
): JsonColumn {
  const sqlOf = (part: string) => columns.find((one) => one.name === part)?.sql ?? 'NULL';
  return { name, type: 'array<double>', sql: `ARRAY[${of.map(sqlOf).join(', ')}]` };
}

function column(name: string, type: ViewType): JsonColumn {
  return { name, type, sql: name };
}
