import { afterAll, beforeAll, expect, test } from 'vitest';
import { product } from '../../../functions/shop-api/schemas/product.ts';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  shop = await startShop();
  await shop.admin.query(`update products set stock = 0 where id = 3`);
  await shop.admin.query(`update products set is_active = false where id = 5`);
  await shop.admin.query(`update products set name = '100% Cotton_Shirt' where id = 7`);
});

afterAll(() => shop?.stop());

async function ids(query: string): Promise<number[]> {
  const { body } = await shop.call('GET', `/products${query}`);
  return body.items.map((item: { id: number }) => item.id);
}

test('GET /products gives what is sold, page by page, each product once', async () => {
  const seen: number[] = [];
  let path = '/products?limit=4';
  for (let page = 0; page < 3; page++) {
    const { status, body } = await shop.call('GET', path);
    expect(status).toBe(200);
    seen.push(...body.items.map((item: { id: number }) => item.id));
    expect(body.nextCursor === undefined).toBe(page === 2);
    path = `/products?limit=4&cursor=${body.nextCursor}`;
  }
  expect(seen).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]);
});

test('GET /products filters by category, stock and text, alone and together', async () => {
  expect(await ids('?category=1')).toEqual([1, 4, 7, 10]);
  expect(await ids('?inStock=false')).toEqual([3]);
  expect(await ids('?q=100%25')).toEqual([7]);
  expect(await ids('?q=cotton_s')).toEqual([7]);
  expect(await ids('?q=n_S&category=1&inStock=true')).toEqual([7]);
  expect(await ids('?category=99')).toEqual([]);
});

test('GET /products/{id} gives a product as it is documented, money as text', async () => {
  const { status, body } = await shop.call('GET', '/products/1');
  expect(status).toBe(200);
  expect(product.parse(body)).toEqual(body);
  expect(body.price).toMatch(/^\d+\.\d\d$/);
  const inactive = await shop.call('GET', '/products/5');
  expect(inactive.body).toMatchObject({ id: 5, isActive: false });
});

test('GET /categories gives all of them', async () => {
  const { body } = await shop.call('GET', '/categories');
  expect(body.items).toEqual([
    { id: 1, name: 'Phones', parentId: null },
    { id: 2, name: 'Computers', parentId: null },
    { id: 3, name: 'Audio', parentId: null },
  ]);
});

test('a wrong query is answered with every wrong parameter', async () => {
  const query = 'category=x&q=&inStock=maybe&limit=101&categry=1';
  const { status, headers, body } = await shop.call('GET', `/products?${query}`);
  expect(status).toBe(400);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(body).toEqual({
    status: 400,
    title: 'The request has wrong parameters',
    instance: '/products',
    errors: [
      { field: 'category', reason: 'Must be an id: a whole number above 0' },
      { field: 'q', reason: 'Must not be empty' },
      { field: 'inStock', reason: 'Must be true or false' },
      { field: 'limit', reason: 'Must be a whole number from 1 to 100' },
      { field: 'categry', reason: 'Is not known' },
    ],
  });
  for (const cursor of ['x', 'WyJ4Il0', encodeURIComponent('[1]')]) {
    const reply = await shop.call('GET', `/products?cursor=${cursor}`);
    expect(reply.body.errors, cursor).toEqual([
      { field: 'cursor', reason: 'Must be the nextCursor of a page before' },
    ]);
  }
});

test('what is not there is a problem document that says so', async () => {
  const unknown = await shop.call('GET', '/products/4711');
  expect(unknown.body).toEqual({
    status: 404,
    title: 'No such product',
    instance: '/products/4711',
  });
  const noId = await shop.call('GET', '/products/seven');
  expect(noId.body.errors[0].field).toBe('id');
  const nowhere = await shop.call('GET', '/prodcuts');
  expect(nowhere.body).toMatchObject({ status: 404, title: 'Nothing stands at this address' });
  const method = await shop.call('DELETE', '/products/1');
  expect(method.body).toMatchObject({ status: 405, detail: 'It takes GET; received DELETE.' });
  expect(method.headers['allow']).toBe('GET');
  expect((await shop.call('PUT', '/carts/1/items/2/')).headers['allow']).toBe('DELETE, PATCH');
  expect(shop.failures).toEqual([]);
});
