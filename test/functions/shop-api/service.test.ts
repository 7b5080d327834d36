import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  shop = await startShop();
});

afterAll(() => shop?.stop());

test('GET / leads to everything it names', async () => {
  const { status, body } = await shop.call('GET', '/');
  expect(status).toBe(200);
  const { dashboard: _served_elsewhere, ...links } = body.links;
  for (const path of z.array(z.string()).parse(Object.values(links))) {
    expect((await shop.call('GET', path)).status, path).toBe(200);
  }
});

test('GET /openapi.json describes every endpoint from the schemas that validate', async () => {
  const { body } = await shop.call('GET', '/openapi.json');
  expect(body.openapi).toBe('3.1.1');
  expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/', '/health', '/sessions']));
  const { post } = body.paths['/orders'];
  expect(post.parameters).toMatchObject([
    { name: 'idempotency-key', in: 'header', required: true },
    { name: 'shop-time', in: 'header', required: false },
    { name: 'shopper-ip', in: 'header', required: false },
  ]);
  expect(post.responses[201].content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/Order',
  });
  expect(Object.keys(post.responses)).toEqual([
    ...['200', '201', '400', '401', '403', '409', '413', '415', '422'],
  ]);
  const { quantity } =
    body.paths['/carts/{id}/items'].post.requestBody.content['application/json'].schema.properties;
  expect(quantity).toEqual({ type: 'integer', minimum: 1, maximum: 1000 });
  const named = new Set(Object.keys(body.components.schemas));
  for (const [, name] of JSON.stringify(body).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect(named, `schema ${name}`).toContain(name);
  }
});

test('GET /openapi.json tells who may call what', async () => {
  const { body } = await shop.call('GET', '/openapi.json');
  expect(body.components.securitySchemes.token).toMatchObject({ type: 'http', scheme: 'bearer' });
  const { post } = body.paths['/orders'];
  expect(post.security).toEqual([{ token: [] }]);
  expect(post.description).toBe('Takes a token of role shopper, operator or admin.');
  expect(body.paths['/sessions'].post.security).toEqual([{}]);
  // A token gives an operator the right to tell of the past.
  expect(body.paths['/customers'].post.security).toEqual([{}, { token: [] }]);
  expect(body.paths['/customers'].post.description).toBeUndefined();
});

test('GET /openapi.json tells every list with its single items, filters and ETags', async () => {
  const { body } = await shop.call('GET', '/openapi.json');
  const lists = [
    ...['products', 'categories', 'sellers', 'customers', 'carts', 'orders'],
    ...['order_item', 'wishlist', 'payment', 'shipments'],
  ];
  for (const list of lists) {
    const one = body.paths[`/${list}/{id}`].get;
    expect(one.responses, list).toHaveProperty('304');
    const { parameters, responses } = body.paths[`/${list}`].get;
    const names = parameters.map(({ name }: { name: string }) => name);
    expect(names, list).toEqual(expect.arrayContaining(['sort', 'limit', 'cursor']));
    const { headers, content } = responses[200];
    expect(Object.keys(headers)).toEqual(['etag']);
    expect(Object.keys(content['application/json'].schema.properties)).toEqual([
      'items',
      'nextCursor',
    ]);
  }
  const { parameters, responses } = body.paths['/products'].get;
  const sort = parameters.find(({ name }: { name: string }) => name === 'sort');
  expect(sort.schema.enum).toContain('-price');
  expect(responses[200].content['application/json'].schema.properties.items).toMatchObject({
    items: { $ref: '#/components/schemas/Product' },
  });
  const { patch } = body.paths['/products/{id}'];
  expect(patch.responses).toHaveProperty('412');
  expect(patch.requestBody.content['application/json'].schema).toMatchObject({
    minProperties: 1,
    examples: [{ price: '17.90' }],
  });
});

test('every path parameter is described, every parameter named in the path', async () => {
  const { body } = await shop.call('GET', '/openapi.json');
  for (const [path, methods] of Object.entries<Record<string, { parameters: unknown }>>(
    body.paths,
  )) {
    for (const { parameters } of Object.values(methods)) {
      const described = z
        .array(z.object({ name: z.string(), in: z.string() }))
        .parse(parameters)
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => `{${name}}`);
      expect(path.match(/\{\w+\}/g) ?? []).toEqual(described);
    }
  }
});

test('GET /docs is a page that loads its own files only', async () => {
  const { status, headers, body } = await shop.call('GET', '/docs');
  expect(status).toBe(200);
  expect(headers['content-security-policy']).toContain("script-src 'self'");
  const files = [...body.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, file]) => file);
  expect(files).toHaveLength(3);
  for (const file of files) expect((await shop.call('GET', `/${file}`)).status, file).toBe(200);
  expect((await shop.call('GET', '/docs/')).headers['location']).toBe('../docs');
  expect((await shop.call('GET', '/docs/package.json')).status).toBe(404);
  expect((await shop.call('GET', '/docs/..%2Fpackage.json')).status).toBe(404);
});

test('GET /health tells when the database is gone, and the log why', async () => {
  expect((await shop.call('GET', '/health')).body).toEqual({ status: 'ok', database: 'ok' });
  const { handler: _handler, call, close } = shop.instance();
  await shop.admin.query('alter role shop_app nologin');
  const reply = await call('GET', '/health');
  await shop.admin.query('alter role shop_app login');
  await close();
  expect(reply).toMatchObject({ status: 503, body: { title: 'The database does not answer' } });
  expect(shop.failures.at(-1)?.message).toContain('is not permitted to log in');
});
