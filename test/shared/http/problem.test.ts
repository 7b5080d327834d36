import { expect, test } from 'vitest';
import { problem } from '../../../shared/http/problem.ts';

test('problem() is a problem document with every wrong field and its reason', () => {
  const errors = [
    { field: 'items.0.quantity', reason: 'must be at least 1' },
    { field: 'items.1.productId', reason: 'is not a product' },
  ];
  const title = 'The order breaks rules';
  const response = problem({ status: 422, title, detail: 'Nothing was ordered', errors });
  expect(response.statusCode).toBe(422);
  expect(response.headers?.['content-type']).toBe('application/problem+json');
  expect(JSON.parse(response.body ?? '')).toEqual({
    status: 422,
    title,
    detail: 'Nothing was ordered',
    errors,
  });
});

test('problem() leaves out what is not said', () => {
  const response = problem({ status: 404, title: 'No such product', instance: '/products/7' });
  expect(JSON.parse(response.body ?? '')).toEqual({
    status: 404,
    title: 'No such product',
    instance: '/products/7',
  });
});
