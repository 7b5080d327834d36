import { expect, test } from 'vitest';
import { routeTable } from '../../../../infra/local/http-api/route-table.ts';

function table(...routeKeys: string[]) {
  return routeTable(routeKeys.map((routeKey) => ({ routeKey })));
}

test.each([
  ['GET', '/pets/dogs', 'GET /pets/dogs', {}],
  ['GET', '/pets/7', 'GET /pets/{id}', { id: '7' }],
  ['POST', '/pets/7', 'ANY /pets/{id}', { id: '7' }],
  ['GET', '/pets/7/toys', 'GET /pets/{proxy+}', { proxy: '7/toys' }],
  ['GET', '/pets/7/name', 'GET /pets/{id}/name', { id: '7' }],
  ['DELETE', '/pets/7/toys', '$default', {}],
  ['GET', '/pets', '$default', {}],
  ['GET', '/pets/', '$default', {}],
  ['GET', '/a.b', 'GET /a.b', {}],
  ['GET', '/aXb', '$default', {}],
  ['GET', '/', 'GET /', {}],
  ['GET', '/pets/%E0', 'GET /pets/{id}', { id: '%E0' }],
])('routeTable() takes %s %s to %s', (method, path, routeKey, pathParameters) => {
  const find = table(
    '$default',
    'GET /pets/{proxy+}',
    'ANY /pets/{id}',
    'GET /pets/{id}',
    'GET /pets/{id}/name',
    'GET /pets/dogs',
    'GET /a.b',
    'GET /',
  );
  expect(find(method, path)).toEqual({ route: { routeKey }, pathParameters });
});

test('routeTable() finds nothing where there is no default', () => {
  expect(table('GET /a')('GET', '/b')).toBeUndefined();
});

test('routeTable() refuses a greedy variable in the middle', () => {
  expect(() => table('GET /{all+}/end')).toThrow(
    'Cannot play route: a greedy variable must come last: received GET /{all+}/end',
  );
});
