import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { productNames } from '../../../cli/rank/product-names.ts';

const asked: string[] = [];
let failuresLeft = 0;
const server = createServer(({ url = '' }, response) => {
  asked.push(url);
  if (failuresLeft > 0) {
    failuresLeft -= 1;
    response.writeHead(500).end('{}');
    return;
  }
  const ids = (new URL(url, 'http://shop').searchParams.get('ids') ?? '').split(',').map(Number);
  const items = ids.filter((id) => id !== 9).map((id) => ({ id, name: `Product ${id}` }));
  response.end(JSON.stringify({ items }));
});
let address: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(() => server.close());

test('productNames() asks for each product once, a hundred together', async () => {
  const names = productNames(address);
  const ids = Array.from({ length: 150 }, (_, index) => index + 1);
  const known = await names.of([...ids, ...ids]);
  expect(known.get(150)).toBe('Product 150');
  expect(known.has(9)).toBe(false);
  await names.of([9, 4]);
  expect(asked).toHaveLength(2);
});

test('productNames() asks again after a failure, and not for ever', async () => {
  const names = productNames(address);
  failuresLeft = 1;
  expect((await names.of([1])).get(1)).toBe('Product 1');
  failuresLeft = 9;
  expect((await names.of([1, 2])).get(2)).toBeUndefined();
  expect((await names.of([1, 2])).get(1)).toBe('Product 1');
  expect(asked).toHaveLength(4);
});
