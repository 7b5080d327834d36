import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';

/**
 * What the shop's API is held against: the least that answers the same two requests from the same
 * PostgreSQL. Node's own server, one pool, one statement a request; nothing is checked, refused,
 * logged or throttled, and no function is called.
 */
const pool = new pg.Pool({ ...workerData, max: 10 });

const products = {
  name: 'products',
  text: `select id, sku, name, description, price, stock, category_id as "categoryId",
      seller_id as "sellerId", brand, rating::float8 as rating, is_active as "isActive",
      created_at as "createdAt", updated_at as "updatedAt"
    from products where is_active order by id limit 20`,
};

const order = {
  name: 'order',
  text: `with cart as (
      update carts set status = 'ordered' where id = $1 and status = 'open'
      returning id, customer_id
    ), line as (
      select products.id, category_id, seller_id, price, quantity, cart.customer_id
      from cart join cart_items on cart_id = cart.id join products on products.id = product_id
      order by products.id for no key update of products
    ), placed as (
      insert into orders (customer_id, total, device_id, shipping_address, shipping_country)
      select customer_id, sum(quantity * price), $2, $3, $4 from line group by customer_id
      returning id, customer_id, ordered_at, total
    ), sold as (
      insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
        unit_price, ordered_at)
      select placed.id, placed.customer_id, line.id, category_id, seller_id, quantity, price,
        ordered_at
      from placed, line
    ), taken as (
      update products set stock = stock - line.quantity from line where products.id = line.id
    )
    select id, total from placed`,
};

const headers = { 'content-type': 'application/json' };

const server = createServer(async (request, response) => {
  try {
    const answer = await (request.method === 'GET' ? list() : place(request));
    response.writeHead(request.method === 'GET' ? 200 : 201, headers);
    response.end(JSON.stringify(answer));
  } catch (error) {
    response.writeHead(500, headers).end(JSON.stringify({ error: String(error) }));
  }
});

async function list() {
  const { rows } = await pool.query(products);
  return { items: rows };
}

async function place(request: IncomingMessage) {
  const { cartId, deviceId, shippingAddress, shippingCountry } = Object(await json(request));
  const values = [cartId, deviceId, shippingAddress, shippingCountry];
  const { rows } = await pool.query({ ...order, values });
  return rows[0];
}

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  parentPort?.postMessage(port);
});
