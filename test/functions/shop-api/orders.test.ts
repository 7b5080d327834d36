import { afterAll, beforeAll, expect, test } from 'vitest';
import { cart as cartShape } from '../../../functions/shop-api/schemas/cart.ts';
import { order as orderShape, payment } from '../../../functions/shop-api/schemas/order.ts';
import { keyedHash } from '../../../shared/shop/keyed-hash.ts';
import type { CallOptions } from '../../fixtures/http-client.ts';
import { pseudonymKey, startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let shopper: string;
let keys = 0;

beforeAll(async () => {
  shop = await startShop();
  shopper = await shop.tokenOf('shopper', 1);
  await shop.admin.query(`update products set price = 19.90, stock = 100 where id = 1`);
  await shop.admin.query(`update products set price = 0.05, stock = 100 where id = 2`);
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

/** As the one customer there is. */
function call(method: string, path: string, options: CallOptions = {}) {
  return shop.call(method, path, { token: shopper, ...options });
}

async function cartWith(items: Record<number, number>): Promise<number> {
  const { body } = await call('POST', '/carts', { body: {} });
  for (const [productId, quantity] of Object.entries(items)) {
    const line = { productId: Number(productId), quantity };
    const reply = await call('POST', `/carts/${body.id}/items`, { body: line });
    expect(reply.status).toBe(201);
  }
  return body.id;
}

function checkOut(cartId: number, key = `key-${++keys}`, over: object = {}) {
  const body = { cartId, shippingAddress: 'Rua A, 1', shippingCountry: 'BR', ...over };
  return call('POST', '/orders', { body, headers: { 'idempotency-key': key } });
}

async function stockOf(id: number): Promise<number> {
  return (await call('GET', `/products/${id}`)).body.stock;
}

test('a cart is filled, changed and emptied', async () => {
  const id = await cartWith({ 1: 2, 2: 3 });
  const again = { productId: 1, quantity: 1 };
  const { body } = await call('POST', `/carts/${id}/items`, { body: again });
  expect(cartShape.parse(body)).toEqual(body);
  expect(body.items).toMatchObject([
    { productId: 1, quantity: 3, unitPrice: '19.90', lineTotal: '59.70' },
    { productId: 2, quantity: 3, unitPrice: '0.05', lineTotal: '0.15' },
  ]);
  expect(body.total).toBe('59.85');
  const line = `/carts/${id}/items/${body.items[0].id}`;
  const changed = await call('PATCH', line, { body: { quantity: 1 } });
  expect(changed.body.total).toBe('20.05');
  const removed = await call('DELETE', line);
  expect(removed.body.items).toHaveLength(1);
  expect((await call('DELETE', line)).body).toMatchObject({
    status: 404,
    title: 'No such line in the cart',
  });
  expect((await call('GET', `/carts/${id}`)).body).toEqual(removed.body);
});

test('a cart takes no unknown product, no wrong quantity, no other customer', async () => {
  const id = await cartWith({ 1: 999 });
  const post = async (body: object) =>
    (await call('POST', `/carts/${id}/items`, { body })).body.errors;
  expect(await post({ productId: 4711, quantity: 1 })).toEqual([
    { field: 'productId', reason: 'There is no such product' },
  ]);
  expect(await post({ productId: -1, quantity: -2 })).toEqual([
    { field: 'productId', reason: 'Must be an id: above 0' },
    { field: 'quantity', reason: 'Must be at least 1' },
  ]);
  expect(await post({ productId: 1, quantity: 2 })).toEqual([
    { field: 'quantity', reason: 'Would make more than 1000 pieces of the product' },
  ]);
  const body = { customerId: 99 };
  const token = shop.tokenOf('operator');
  expect((await call('POST', '/carts', { body, token })).body).toMatchObject({
    status: 422,
    errors: [{ field: 'customerId' }],
  });
  const nowhere = { body: { productId: 1, quantity: 1 } };
  expect((await call('POST', '/carts/4711/items', nowhere)).status).toBe(404);
});

test('checkout makes an order as sold, takes the stock and closes the cart', async () => {
  const before = await stockOf(1);
  const id = await cartWith({ 2: 1, 1: 2 });
  const { status, headers, body } = await checkOut(id, undefined, { deviceId: 'phone-1' });
  expect(status).toBe(201);
  expect(headers['location']).toBe(`/orders/${body.id}`);
  expect(orderShape.parse(body)).toEqual(body);
  expect(body).toMatchObject({ customerId: 1, status: 'pending', total: '39.85', channel: 'web' });
  expect(await stockOf(1)).toBe(before - 2);
  await shop.admin.query('update products set price = 20 where id = 1');
  expect((await call('GET', `/orders/${body.id}`)).body).toEqual(body);
  await shop.admin.query('update products set price = 19.90 where id = 1');
  const { rows } = await shop.admin.query(
    `select item.ordered_at = orders.ordered_at as same_time, item.customer_id, item.channel,
       item.category_id is not null and item.seller_id is not null as whole, device_id, ip
     from orders join order_items as item on order_id = orders.id where orders.id = $1 limit 1`,
    [body.id],
  );
  expect(rows).toEqual([
    {
      same_time: true,
      customer_id: '1',
      channel: 'web',
      whole: true,
      device_id: 'phone-1',
      ip: '127.0.0.1',
    },
  ]);
  const more = { body: { productId: 1, quantity: 1 } };
  expect((await call('POST', `/carts/${id}/items`, more)).body).toMatchObject({
    status: 409,
    detail: 'It is ordered already.',
  });
  expect((await checkOut(id)).body).toMatchObject({ status: 409, title: 'The cart is not open' });
});

test('checkout comes from the address that an operator tells, and a shopper tells none', async () => {
  const place = async (token: string, ip: string) => {
    const body = { cartId: await cartWith({ 1: 1 }), shippingAddress: 'A', shippingCountry: 'BR' };
    const headers = { 'idempotency-key': `key-${++keys}`, 'shopper-ip': ip };
    return call('POST', '/orders', { token, body, headers });
  };
  const operator = await shop.tokenOf('operator');
  const { body } = await place(operator, '2001:db8::1');
  const { rows } = await shop.admin.query('select ip, ip_hash from orders where id = $1', [
    body.id,
  ]);
  expect(rows).toEqual([{ ip: '2001:db8::1', ip_hash: keyedHash(pseudonymKey, '2001:db8::1') }]);
  const errors = [{ field: 'shopper-ip' }];
  expect((await place(shopper, '192.0.2.1')).body).toMatchObject({ status: 403, errors });
  expect((await place(operator, 'home')).body).toMatchObject({
    status: 400,
    errors: [{ field: 'shopper-ip', reason: 'Must be an IPv4 or IPv6 address' }],
  });
});

test('checkout repeated with its key gives the same order and takes nothing more', async () => {
  const id = await cartWith({ 1: 1 });
  const before = await stockOf(1);
  const replies = await Promise.all([1, 2, 3, 4].map(() => checkOut(id, 'same')));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
  expect(await stockOf(1)).toBe(before - 1);
  const taken = { status: 422, title: 'The idempotency key was used for another order' };
  expect((await checkOut(id, 'same', { channel: 'mobile' })).body).toMatchObject(taken);
  expect((await checkOut(await cartWith({ 1: 1 }), 'same')).body).toMatchObject(taken);
  expect(await stockOf(1)).toBe(before - 1);
});

test('checkout lists every broken rule together and takes nothing', async () => {
  await shop.admin.query(`insert into products (sku, name, price, stock, category_id, seller_id)
    values ('R-1', 'Crown', 40000, 5, 1, 1), ('R-2', 'Old', 1, 5, 1, 1)`);
  const { rows } = await shop.admin.query(`select id::int from products where sku like 'R-%'`);
  const [crown, old] = [rows[0].id, rows[1].id];
  const id = await cartWith({ 1: 999, [crown]: 2, [old]: 1 });
  await shop.admin.query('update products set is_active = false where id = $1', [old]);
  const before = await stockOf(1);
  const { status, body } = await checkOut(id);
  expect(status).toBe(422);
  expect(body.title).toBe('The order breaks rules of a sale');
  expect(body.errors).toEqual([
    { field: 'items.0.quantity', reason: `Product 1 has ${before} left: received 999` },
    { field: 'items.2.productId', reason: `Product ${old} is no longer sold` },
    { field: 'total', reason: 'Must be from 0.01 to 50000.00: received 99881.10' },
  ]);
  expect(await stockOf(1)).toBe(before);
  expect((await checkOut(await cartWith({}))).body.errors).toEqual([
    { field: 'items', reason: 'Must not be empty' },
  ]);
});

test('checkout without a key, with an unknown cart or a wrong body says what is missing', async () => {
  const body = { cartId: 4711, shippingAddress: 'Rua A, 1', shippingCountry: 'BR' };
  const noKey = await call('POST', '/orders', { body });
  expect(noKey).toMatchObject({ status: 400, body: { errors: [{ field: 'idempotency-key' }] } });
  // What is imported has other rules, and is known by its key.
  expect((await checkOut(4711, 'import|0')).body.errors).toEqual([
    { field: 'idempotency-key', reason: 'Must not begin like the key of an import' },
  ]);
  expect((await checkOut(4711)).body).toMatchObject({
    status: 422,
    errors: [{ field: 'cartId', reason: 'There is no such cart' }],
  });
  const wrong = await checkOut(0, undefined, { shippingCountry: 'br', shippingAddress: '' });
  expect(wrong.body.errors).toHaveLength(3);
});

test('64 clients on the last 10 pieces buy exactly 10', async () => {
  await shop.admin.query('update products set stock = 10 where id in (3, 4)');
  const instances = Array.from({ length: 8 }, () => shop.instance());
  const carts = await Promise.all(
    // Half of them name the products the other way round, which must not make them wait in circles.
    Array.from({ length: 64 }, async (_, client) => {
      const { body } = await call('POST', '/carts', { body: {} });
      for (const productId of client % 2 === 0 ? [3, 4] : [4, 3]) {
        const line = { body: { productId, quantity: 1 } };
        await call('POST', `/carts/${body.id}/items`, line);
      }
      return body.id;
    }),
  );
  const replies = await Promise.all(
    carts.map((cartId, client) =>
      instances[client % instances.length]?.call('POST', '/orders', {
        token: shopper,
        body: { cartId, shippingAddress: 'Rua A, 1', shippingCountry: 'BR' },
        headers: { 'idempotency-key': `rush-${client}` },
      }),
    ),
  );
  await Promise.all(instances.map(({ close }) => close()));
  expect(replies.filter((reply) => reply?.status === 201)).toHaveLength(10);
  expect(replies.filter((reply) => reply?.status === 422)).toHaveLength(54);
  expect([await stockOf(3), await stockOf(4)]).toEqual([0, 0]);
  const { rows } = await shop.admin.query(
    'select sum(quantity)::int as sold from order_items where product_id in (3, 4)',
  );
  expect(rows).toEqual([{ sold: 20 }]);
});

test('an order is paid once, and the card leaves a fingerprint only', async () => {
  const { body: order } = await checkOut(await cartWith({ 1: 1 }));
  const card = { number: '4242 4242 4242 4242', expiryMonth: 12, expiryYear: 2034 };
  const paid = { body: { method: 'credit_card', card, installments: 3 } };
  const reply = await call('POST', `/orders/${order.id}/payments`, paid);
  expect(reply.status).toBe(201);
  expect(payment.parse(reply.body)).toEqual(reply.body);
  expect(reply.body).toMatchObject({ status: 'approved', amount: '19.90', installments: 3 });
  const { body: after } = await call('GET', `/orders/${order.id}`);
  expect(after).toMatchObject({ status: 'paid', payments: [reply.body] });
  expect((await call('POST', `/orders/${order.id}/payments`, paid)).body).toMatchObject({
    status: 409,
    detail: 'It is paid.',
  });
  const { rows } = await shop.admin.query(
    `select payments.*, orders.payment_id from payments join orders on orders.id = order_id
     where order_id = $1`,
    [order.id],
  );
  expect(rows).toHaveLength(1);
  expect(rows[0].card_fingerprint).toBe(keyedHash(pseudonymKey, '4242424242424242'));
  expect(rows[0].payment_id).toBe(rows[0].id);
  expect(JSON.stringify(rows)).not.toContain('4242424242424242');
});

test('a declined card leaves the order waiting for another payment', async () => {
  const { body: order } = await checkOut(await cartWith({ 1: 1 }));
  const path = `/orders/${order.id}/payments`;
  const card = { number: '4000000000000002', expiryMonth: 12, expiryYear: 2034 };
  const declined = await call('POST', path, { body: { method: 'debit_card', card } });
  expect(declined).toMatchObject({ status: 201, body: { status: 'declined', paidAt: null } });
  const approved = await call('POST', path, { body: { method: 'pix' } });
  expect(approved.body.status).toBe('approved');
  const { body } = await call('GET', `/orders/${order.id}`);
  expect(body.status).toBe('paid');
  expect(body.payments.map((made: { status: string }) => made.status)).toEqual([
    'declined',
    'approved',
  ]);
});

test('every method of payment is taken, and none without what it needs', async () => {
  const methods = ['paypal', 'pix', 'bank_slip', 'digital_wallet', 'cash_on_delivery'];
  for (const method of methods) {
    const { body: order } = await checkOut(await cartWith({ 2: 1 }));
    const reply = await call('POST', `/orders/${order.id}/payments`, { body: { method } });
    expect(reply.body).toMatchObject({ method, status: 'approved', installments: 1 });
  }
  const { body: order } = await checkOut(await cartWith({ 2: 1 }));
  const errors = async (body: object) =>
    (await call('POST', `/orders/${order.id}/payments`, { body })).body.errors.map(
      (error: { field: string }) => error.field,
    );
  const card = { number: '4242424242424241', expiryMonth: 13, expiryYear: 2034 };
  expect(await errors({ method: 'cheque' })).toEqual(['method']);
  expect(await errors({ method: 'pix', installments: 2 })).toEqual(['installments']);
  expect(await errors({ method: 'credit_card', installments: 13 })).toEqual([
    'card',
    'installments',
  ]);
  expect(await errors({ method: 'credit_card', card })).toEqual([
    'card.number',
    'card.expiryMonth',
  ]);
  const old = { number: '4242424242424242', expiryMonth: 1, expiryYear: 2026 };
  expect(await errors({ method: 'debit_card', card: old })).toEqual(['card.expiryMonth']);
  const body = { method: 'pix' };
  expect((await call('POST', '/orders/4711/payments', { body })).status).toBe(404);
});
