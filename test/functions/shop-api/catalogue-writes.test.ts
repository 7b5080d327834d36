import { afterAll, beforeAll, expect, test } from 'vitest';
import { product as productShape } from '../../../functions/shop-api/schemas/product.ts';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let token: string;

beforeAll(async () => {
  shop = await startShop();
  token = await shop.tokenOf('operator');
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

function write(method: 'POST' | 'PATCH', path: string, body: unknown, etag?: string) {
  const headers = etag === undefined ? {} : { 'if-match': etag };
  return shop.call(method, path, { body, token, headers });
}

const lamp = {
  ...{ sku: 'LAMP-1', name: 'Desk lamp', price: '19.9', stock: 40, categoryId: 1, sellerId: 1 },
};

test('an operator adds a product, changes it and takes it out of the sale', async () => {
  const made = await write('POST', '/products', {
    ...lamp,
    rating: 4.5,
    description: 'Two\nlines',
  });
  expect(made.status).toBe(201);
  expect(productShape.parse(made.body)).toEqual(made.body);
  expect(made.body).toMatchObject({ price: '19.90', brand: '', leadTimeDays: 7, isActive: true });
  const path = `/products/${made.body.id}`;
  expect(made.headers['location']).toBe(path);
  const read = await shop.call('GET', path);
  expect(read.body).toEqual(made.body);
  expect(read.headers['etag']).toBe(made.headers['etag']);
  const change = { price: '17.00', rating: null, brand: 'Lumen', isActive: false };
  const changed = await write('PATCH', path, change);
  expect(changed.body).toEqual({
    ...made.body,
    ...change,
    updatedAt: expect.not.stringMatching(made.body.updatedAt),
  });
  const { body } = await shop.call('GET', '/products?q=desk%20lamp');
  expect(body.items).toEqual([]);
});

test('what is wrong with a product is said, all of it, and nothing is written', async () => {
  const wrong = await write('POST', '/products', {
    ...lamp,
    ...{ sku: '', price: 19.9, stock: -1, rating: 4.55, leadTimeDays: 0.5, isActive: 'yes', x: 1 },
  });
  expect(wrong.status).toBe(422);
  expect(wrong.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(
    ['sku', 'price', 'stock', 'rating', 'leadTimeDays', 'isActive', 'x'].sort(),
  );
  const unknown = { ...lamp, sku: 'LAMP-2', categoryId: 98, sellerId: 99 };
  expect((await write('POST', '/products', unknown)).body).toMatchObject({
    status: 422,
    errors: [
      { field: 'categoryId', reason: 'There is no such category' },
      { field: 'sellerId', reason: 'There is no such seller' },
    ],
  });
  const { body } = await write('PATCH', '/products/2', { sku: 'LAMP-1' });
  expect(body).toMatchObject({
    status: 409,
    errors: [{ field: 'sku', reason: 'Is taken already' }],
  });
  expect((await write('PATCH', '/products/2', {})).status).toBe(422);
  expect((await write('PATCH', '/products/4711', { stock: 1 })).body.title).toBe('No such product');
  const { rows } = await shop.admin.query('select count(*)::int as count from products');
  expect(rows).toEqual([{ count: 13 }]);
});

test('a change meant for what was seen is refused when it has changed since', async () => {
  const seen = String((await shop.call('GET', '/products/3')).headers['etag']);
  const first = await write('PATCH', '/products/3', { stock: 7 }, seen);
  expect(first.status).toBe(200);
  const second = await write('PATCH', '/products/3', { stock: 8 }, seen);
  expect(second).toMatchObject({ status: 412, headers: { etag: first.headers['etag'] } });
  expect((await write('PATCH', '/products/3', { stock: 9 }, '*')).body.stock).toBe(9);
  expect((await write('PATCH', '/products/3', { stock: 5 }, `W/${seen}`)).status).toBe(412);
  const now = String((await shop.call('GET', '/products/3')).headers['etag']);
  const racing = Array.from({ length: 8 }, (_, stock) =>
    write('PATCH', '/products/3', { stock: 100 + stock }, now),
  );
  const statuses = (await Promise.all(racing)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 412)).toHaveLength(7);
});

test('categories form a tree whoever moves them, sellers have a name of their own', async () => {
  const lights = await write('POST', '/categories', { name: 'Lights' });
  expect(lights).toMatchObject({ status: 201, body: { name: 'Lights', parentId: null } });
  const lamps = await write('POST', '/categories', { name: 'Lamps', parentId: lights.body.id });
  const move = (id: number, parentId: number) => write('PATCH', `/categories/${id}`, { parentId });
  for (const parentId of [lights.body.id, lamps.body.id]) {
    const { body } = await move(lights.body.id, parentId);
    expect(body.errors).toEqual([
      { field: 'parentId', reason: 'Stands below this category, or is it' },
    ]);
  }
  expect((await move(lights.body.id, 99)).body.errors[0].reason).toBe('There is no such category');
  const crosswise = await Promise.all([move(1, 2), move(2, 1)]);
  expect(crosswise.map(({ status }) => status).sort()).toEqual([200, 422]);
  const children = await shop.call('GET', `/categories?parent=${lights.body.id}`);
  expect(children.body.items).toEqual([lamps.body]);
  const taken = await write('PATCH', `/categories/${lamps.body.id}`, { name: 'Lights' });
  expect(taken.body.errors).toEqual([{ field: 'name', reason: 'Is taken already' }]);
  const seller = await write('POST', '/sellers', { name: 'Lumen & Sons', country: 'PT' });
  expect(seller).toMatchObject({ status: 201, body: { country: 'PT' } });
  const moved = await write('PATCH', `/sellers/${seller.body.id}`, { country: 'BR' });
  expect(moved.body).toEqual({ ...seller.body, country: 'BR' });
  expect((await write('POST', '/sellers', { name: 'Lumen & Sons', country: 'ES' })).status).toBe(
    409,
  );
});

test('nobody but operators and admins writes the catalogue', async () => {
  for (const path of ['/products', '/categories', '/sellers']) {
    const writes = [['POST', path] as const, ['PATCH', `${path}/1`] as const];
    for (const [method, where] of writes) {
      const status = async (by?: string) =>
        (await shop.call(method, where, { body: {}, ...(by && { token: by }) })).status;
      expect(await status()).toBe(401);
      expect(await status(await shop.tokenOf('analyst'))).toBe(403);
      expect(await status(await shop.tokenOf('shopper', 1))).toBe(403);
      expect(await status(await shop.tokenOf('admin'))).toBe(422);
    }
  }
});
