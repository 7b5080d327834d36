import { expect, test } from 'vitest';
import { restResponse } from '../../../shared/http/rest-response.ts';

test('restResponse() keeps status, headers and body, and sets cookies as headers', () => {
  expect(
    restResponse({
      statusCode: 201,
      headers: { 'content-type': 'application/json' },
      cookies: ['session=1; HttpOnly'],
      body: '{}',
    }),
  ).toEqual({
    statusCode: 201,
    headers: { 'content-type': 'application/json' },
    multiValueHeaders: { 'set-cookie': ['session=1; HttpOnly'] },
    body: '{}',
    isBase64Encoded: false,
  });
});

test('restResponse() gives an answer without a body an empty one, which a REST API demands', () => {
  expect(restResponse({ statusCode: 304 })).toEqual({
    statusCode: 304,
    body: '',
    isBase64Encoded: false,
  });
});
