import { afterAll, beforeAll, expect, test } from 'vitest';
import { product } from '../../../functions/shop-api/schemas/product.ts';
import { seller } from '../../../functions/shop-api/schemas/seller.ts';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  shop = await startShop();
  await shop.admin.query(`update products set stock = 0 where id = 3`);
  await shop.admin.query(`update products set is_active = false where id = 5`);
  await shop.admin.query(`update products set name = '100% Cotton_Shirt' where id = 7`);
  await shop.admin.query(`update products set price = id * 10, brand = 'Brand ' || id % 2`);
  await shop.admin.query(`update products set rating = case when id > 10 then null else 2.5 end`);
  await shop.admin.query(`update categories set name = 'Category ' || id`);
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
  expect(await ids('?priceMin=30&priceMax=60.00')).toEqual([3, 4, 6]);
  expect(await ids('?brand=Brand%200&priceMin=90')).toEqual([10, 12]);
  expect(await ids('?active=false')).toEqual([5]);
  expect(await ids('?active=any&priceMax=50')).toEqual([1, 2, 3, 4, 5]);
  expect(await ids('?to=2000-01-01T00:00:00Z')).toEqual([]);
  const ofSellers = [...(await ids('?seller=1')), ...(await ids('?seller=2'))];
  expect(ofSellers.sort((a, b) => a - b)).toEqual(await ids(''));
});

test('GET /products gives those that are asked for by their ids, as far as there are any', async () => {
  expect(await ids('?ids=7,3,99')).toEqual([3, 7]);
  expect(await ids('?ids=5,6')).toEqual([6]);
  expect(await ids('?ids=5,6&active=any&sort=-price')).toEqual([6, 5]);
  const categories = await shop.call('GET', '/categories?ids=2');
  expect(categories.body.items).toMatchObject([{ id: 2, name: 'Category 2' }]);
  const tooMany = Array.from({ length: 101 }, (_, index) => index + 1).join(',');
  for (const wrong of ['', '0', '1,', '1;2', '1,x', tooMany]) {
    expect(await shop.call('GET', `/products?ids=${wrong}`)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'ids' }] },
    });
  }
});

test('GET /products sorts both ways, equal ones by their ids, unrated ones as the lowest', async () => {
  expect(await ids('?sort=-price&limit=3')).toEqual([12, 11, 10]);
  expect(await ids('?sort=rating&limit=4')).toEqual([11, 12, 1, 2]);
  expect(await ids('?sort=-rating&limit=3')).toEqual([10, 9, 8]);
  const { body } = await shop.call('GET', '/products?sort=-rating&limit=8');
  expect(await ids(`?sort=-rating&cursor=${body.nextCursor}`)).toEqual([1, 12, 11]);
  const other = await shop.call('GET', `/products?sort=rating&cursor=${body.nextCursor}`);
  expect(other).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'cursor', reason: expect.stringContaining('another list') }] },
  });
});

test('GET /products/{id} gives a product as it is documented, money as text', async () => {
  const { status, body } = await shop.call('GET', '/products/1');
  expect(status).toBe(200);
  expect(product.parse(body)).toEqual(body);
  expect(body.price).toMatch(/^\d+\.\d\d$/);
  const inactive = await shop.call('GET', '/products/5');
  expect(inactive.body).toMatchObject({ id: 5, isActive: false });
});

test('GET /categories and /sellers are lists like any other', async () => {
  const { body } = await shop.call('GET', '/categories?limit=2');
  expect(body.items).toEqual([
    { id: 1, name: 'Category 1', parentId: null },
    { id: 2, name: 'Category 2', parentId: null },
  ]);
  const next = await shop.call('GET', `/categories?limit=2&cursor=${body.nextCursor}`);
  expect(next.body).toEqual({ items: [{ id: 3, name: 'Category 3', parentId: null }] });
  expect((await shop.call('GET', '/categories/2')).body).toEqual(body.items[1]);
  const { body: sellers } = await shop.call('GET', '/sellers?sort=-name');
  expect(sellers.items.map((each: unknown) => seller.parse(each))).toEqual(sellers.items);
  expect(sellers.items).toHaveLength(2);
  expect((await shop.call('GET', '/sellers/1')).body).toMatchObject({ id: 1 });
  expect((await shop.call('GET', '/sellers/99')).body.title).toBe('No such seller');
});

test('an answer that is known is not sent again', async () => {
  for (const path of ['/products?limit=2', '/products/1', '/categories', '/sellers/1']) {
    const { headers } = await shop.call('GET', path);
    const etag = String(headers['etag']);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await shop.call('GET', path, { headers: { 'if-none-match': known } });
      expect(again, path).toMatchObject({ status: 304, body: undefined, headers: { etag } });
    }
    const stale = await shop.call('GET', path, { headers: { 'if-none-match': '"other"' } });
    expect(stale.status).toBe(200);
  }
  const before = await shop.call('GET', '/products/2');
  await shop.admin.query('update products set stock = stock + 1 where id = 2');
  const known = { 'if-none-match': String(before.headers['etag']) };
  expect((await shop.call('GET', '/products/2', { headers: known })).status).toBe(200);
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
      { field: 'inStock', reason: 'Must be true or false' },
      { field: 'q', reason: 'Must not be empty' },
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
  expect(method.body).toMatchObject({
    status: 405,
    detail: 'It takes GET, PATCH; received DELETE.',
  });
  expect(method.headers['allow']).toBe('GET, PATCH');
  expect((await shop.call('PUT', '/carts/1/items/2/')).headers['allow']).toBe('DELETE, PATCH');
  expect(shop.failures).toEqual([]);
});
