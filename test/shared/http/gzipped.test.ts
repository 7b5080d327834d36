import { gunzipSync } from 'node:zlib';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditional } from '../../../shared/api/etag.ts';
import { gzipped } from '../../../shared/http/gzipped.ts';
import { getEvent, lambdaContext } from '../../fixtures/http-event.ts';

type Result = APIGatewayProxyStructuredResultV2;
const long = JSON.stringify(Array.from({ length: 400 }, (_, index) => ({ index, name: 'señor' })));

/** The answer of a handler with this body and an entity tag. */
function answer(body: string, headers: Record<string, string>, statusCode = 200) {
  const handler = middy<APIGatewayProxyEventV2, Result>(async (event: APIGatewayProxyEventV2) =>
    conditional({ statusCode, headers: { 'content-type': 'application/json' }, body }, event),
  ).use(gzipped());
  return handler(getEvent('/live', headers), lambdaContext('test'));
}

const bytes = ({ body = '', isBase64Encoded }: Result) =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

describe('gzipped()', () => {
  test('compresses a long body for who takes gzip, and says so', async () => {
    const result = await answer(long, { 'accept-encoding': 'gzip, deflate, br' });
    expect(result.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'application/json',
      vary: 'authorization, accept-encoding',
      etag: expect.stringMatching(/^W\/"[\w-]{22}"$/),
    });
    expect(bytes(result).length).toBeLessThan(long.length / 5);
    expect(gunzipSync(bytes(result)).toString()).toBe(long);
  });

  test.each([
    ['a short body', '{"a":1}', 'gzip', 200],
    ['who takes no gzip', long, 'br', 200],
    ['who refuses it', long, 'gzip;q=0, *', 200],
    ['who says nothing', long, '', 200],
  ])('leaves the body as it is for %s, and tells caches what it depends on', async (...parts) => {
    const [, body, coding, status] = parts;
    const result = await answer(body, { 'accept-encoding': coding }, status);
    expect(result.body).toBe(body);
    expect(result.isBase64Encoded).toBeUndefined();
    expect(result.headers).toMatchObject({ vary: 'authorization, accept-encoding' });
    expect(result.headers).not.toHaveProperty('content-encoding');
    expect(result.headers?.['etag']).toMatch(/^"/);
  });

  test('leaves a refusal alone', async () => {
    const result = await answer(long, { 'accept-encoding': 'gzip' }, 400);
    expect(result).toEqual({
      statusCode: 400,
      headers: { 'content-type': 'application/json' },
      body: long,
    });
  });

  test('answers 304 with the tag of what the caller holds', async () => {
    for (const coding of ['gzip', 'identity']) {
      const first = await answer(long, { 'accept-encoding': coding });
      const etag = String(first.headers?.['etag']);
      const again = { 'accept-encoding': coding, 'if-none-match': etag };
      const { statusCode, headers, body } = await answer(long, again);
      expect([statusCode, body, headers?.['etag']]).toEqual([304, undefined, etag]);
      expect(headers?.['vary']).toBe('authorization, accept-encoding');
      expect((await answer(`${long} `, again)).statusCode).toBe(200);
    }
  });

  test('takes gzip where it is named or meant with a weight above 0, however it is written', async () => {
    const coding = fc.record({
      name: fc.constantFrom('gzip', 'GZIP', 'x-gzip', '*', 'br', 'identity'),
      weight: fc.constantFrom(undefined, '0', '0.001', '0.5', '1', '0.000'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(coding, { selector: ({ name }) => name.toLowerCase() }),
        async (list) => {
          const header = list
            .map(({ name, weight }) => (weight === undefined ? name : `${name} ; q=${weight}`))
            .join(' , ');
          const named = ['gzip', 'x-gzip', '*']
            .map((name) => list.find((one) => one.name.toLowerCase() === name))
            .find((one) => one !== undefined);
          const isTaken = named !== undefined && Number(named.weight ?? 1) > 0;
          const { isBase64Encoded = false } = await answer(long, { 'accept-encoding': header });
          expect(isBase64Encoded, header).toBe(isTaken);
        },
      ),
    );
  });
});
