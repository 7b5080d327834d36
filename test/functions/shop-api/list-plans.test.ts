import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type List, listParameters, readPage } from '../../../functions/shop-api/list.ts';
import { carts } from '../../../functions/shop-api/lists/carts.ts';
import { customers } from '../../../functions/shop-api/lists/customers.ts';
import { orderItems } from '../../../functions/shop-api/lists/order-items.ts';
import { orders } from '../../../functions/shop-api/lists/orders.ts';
import { payments } from '../../../functions/shop-api/lists/payments.ts';
import { products } from '../../../functions/shop-api/lists/products.ts';
import { shipments } from '../../../functions/shop-api/lists/shipments.ts';
import { wishlist } from '../../../functions/shop-api/lists/wishlist.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { connectDatabase, type Database } from '../../../shared/sql/database.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { appSecret, pseudonymKey } from '../../fixtures/shop.ts';

const planNode = z.object({
  'Node Type': z.string(),
  get Plans() {
    return z.array(planNode).optional();
  },
});
type PlanNode = z.output<typeof planNode>;

let server: TestPostgres;
let admin: pg.Client;
let database: Database;

beforeAll(async () => {
  server = await startPostgres();
  const connection = await server.createDatabase();
  admin = new pg.Client(connection);
  await admin.connect();
  await migrate(admin, { pseudonymKey });
  await admin.query(`
    insert into categories (name) select 'Category ' || i from generate_series(1, 200) as i;
    insert into sellers (name, country) select 'Seller ' || i, 'BR' from generate_series(1, 300) as i;
    insert into customers (first_name, last_name, email, country)
      select 'A', 'B', i || '@example.com', 'BR' from generate_series(1, 1000) as i;
    insert into products (sku, name, price, stock, category_id, seller_id, brand, rating)
      select 'SKU-' || i, md5(i::text), i % 9973 / 10.0, i % 50, 1 + i % 200, 1 + i % 300,
        'Brand ' || i % 300, case when i % 3 > 0 then i % 51 / 10.0 end
      from generate_series(1, 20000) as i;
    insert into carts (customer_id) select 1 + i % 1000 from generate_series(1, 5000) as i;
    insert into wishlists (customer_id, product_id)
      select 1 + i % 1000, 1 + i from generate_series(1, 5000) as i;
    insert into orders (customer_id, ordered_at, total, status, shipping_country)
      select 1 + i % 1000, now() - i * interval '1 hour', i % 997,
        case when i % 100 = 0 then 'paid' else 'completed' end, 'BR'
      from generate_series(1, 5000) as i;
    insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
        unit_price, ordered_at)
      select id, customer_id, 1 + id, 1, 1, 1, total, ordered_at from orders;
    insert into payments (order_id, customer_id, paid_at, method, amount, status, transaction_id)
      select id, customer_id, case when id % 50 > 0 then ordered_at end, 'pix', total,
        case when id % 50 > 0 then 'approved' else 'declined' end, id from orders;
    insert into shipments (order_id, customer_id, status, carrier, shipping_country)
      select id, customer_id, case when id % 100 = 0 then 'preparing' else 'delivered' end, 'Post',
        'BR' from orders;
  `);
  await admin.query('analyze');
  database = connectDatabase(async () => appSecret(connection), console.error, 'lists');
});

afterAll(async () => {
  await database?.close();
  await admin?.end();
  await server?.stop();
});

/** The steps of the plans of a list's first and second page. */
async function steps<Row>(
  list: List<Row>,
  query: Readonly<Record<string, string>>,
  ownerId: number | null = null,
): Promise<readonly string[]> {
  const plans: PlanNode[] = [];
  const explained: Queries = {
    row: (statement, params) => database.row(statement, params),
    async rows(statement, params = []) {
      const { rows } = await admin.query(`explain (format json) ${statement.sql}`, [...params]);
      plans.push(planNode.parse(rows[0]['QUERY PLAN'][0].Plan));
      return database.rows(statement, params);
    },
  };
  const parameters = listParameters(list);
  const { nextCursor } = await readPage(explained, list, parameters.parse(query), ownerId);
  if (nextCursor !== undefined) {
    await readPage(explained, list, parameters.parse({ ...query, cursor: nextCursor }), ownerId);
  }
  return plans.flatMap(stepsOf);
}

function stepsOf(node: PlanNode): string[] {
  return [node['Node Type'], ...(node.Plans ?? []).flatMap(stepsOf)];
}

const large: readonly List<unknown>[] = [
  ...[products, customers, carts, orders, orderItems, wishlist, payments, shipments],
];
const sorted = large.flatMap((list) =>
  ['id', ...Object.keys(list.sorts)].flatMap((sort) => [
    { list, name: list.name, sort },
    { list, name: list.name, sort: `-${sort}` },
  ]),
);

test.each(sorted)('$name by $sort is read off an index, page after page', async (each) => {
  const found = await steps(each.list, { sort: each.sort });
  expect(found).toEqual(['Limit', 'Index Scan', 'Limit', 'Index Scan']);
});

const narrowed: readonly [List<unknown>, Record<string, string>][] = [
  [products, { category: '7' }],
  [products, { category: '7', sort: '-price' }],
  [products, { seller: '7' }],
  [products, { brand: 'Brand 7' }],
  [products, { priceMin: '990' }],
  [products, { from: '2000-01-01T00:00:00Z', to: '2001-01-01T00:00:00Z' }],
  [customers, { from: '2000-01-01T00:00:00Z', to: '2001-01-01T00:00:00Z' }],
  [carts, { customer: '7' }],
  [orders, { customer: '7', sort: '-orderedAt' }],
  [orders, { status: 'paid' }],
  [orders, { totalMin: '990' }],
  [orderItems, { order: '7' }],
  [orderItems, { product: '7' }],
  [orderItems, { customer: '7' }],
  [wishlist, { customer: '7' }],
  [wishlist, { product: '7' }],
  [payments, { order: '7' }],
  [payments, { customer: '7' }],
  [payments, { status: 'declined' }],
  [shipments, { order: '7' }],
  [shipments, { status: 'preparing' }],
];

test.each(narrowed.map(([list, query]) => ({ list, query, asked: JSON.stringify(query) })))(
  '$list.name of a rare $asked are found by an index',
  async ({ list, query }) => {
    expect(await steps(list, query)).not.toContain('Seq Scan');
  },
);

const owned: readonly List<unknown>[] = [
  ...[carts, orders, orderItems, wishlist, payments, shipments],
];

test.each(owned)('$name of one shopper are found by an index', async (list) => {
  expect(await steps(list, {}, 7)).not.toContain('Seq Scan');
});
