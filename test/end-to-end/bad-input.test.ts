import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putOrders } from '../../cli/bench/end-to-end/put-orders.ts';
import { declaredJobs } from '../../cli/jobs/declared-jobs.ts';
import { settings } from '../../shared/config/settings.ts';
import { eventually, ShopProcess } from './shop-process.ts';

let shop: ShopProcess;
let apiUrl: string;
let awsUrl: string;
let databaseUrl: string;

beforeAll(async () => {
  shop = await ShopProcess.create(5130);
  ({ apiUrl, awsUrl, databaseUrl } = await shop.start('--no-traffic'));
}, 120_000);
afterAll(() => shop.remove());

async function send(method: string, path: string, body?: string, type = 'application/json') {
  const init = body === undefined ? {} : { body, headers: { 'content-type': type } };
  const response = await fetch(`${apiUrl}${path}`, { method, ...init });
  return { response, json: await response.json() };
}

describe('the running shop, given bad input', { timeout: 60_000 }, () => {
  it.each([
    ['an unknown product', 'GET', '/products/999999', undefined, 404],
    ['a request without a token', 'POST', '/carts/1/items', '{"productId":1,"quantity":1}', 401],
    ['a password too short', 'POST', '/customers', '{"password":"short"}', 422],
    ['malformed JSON', 'POST', '/customers', '{"email":', 400],
    ['an unknown route', 'GET', '/nowhere', undefined, 404],
    ['a body that is too large', 'POST', '/customers', `{"a":"${'x'.repeat(300_000)}"}`, 413],
    ['a wrong limit of a statistic', 'GET', '/statistics/revenue?limit=x&from=y', undefined, 400],
  ])('answers %s with a problem document', async (_what, method, path, body, status) => {
    const { response, json } = await send(method, path, body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(json).toMatchObject({ status, title: expect.any(String) });
    expect(JSON.stringify(json)).not.toMatch(/\.ts|\.mjs|node_modules/);
  });

  it('names every field that is wrong', async () => {
    const { json } = await send('POST', '/customers', '{"email":"no","country":"Atlantis"}');
    expect(json.errors.length).toBeGreaterThan(2);
    for (const error of json.errors) expect(error).toMatchObject({ reason: expect.any(String) });
  });

  it('sets a malformed change aside with its reason, while the shard moves on', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const options = { endpoint: awsUrl, region: 'us-east-1', credentials };
    const kinesis = new KinesisClient({ ...options, requestHandler: new NodeHttpHandler() });
    await kinesis.send(
      new PutRecordCommand({
        StreamName: 'dev-shop-changes',
        PartitionKey: 'x',
        Data: Buffer.from('{"data": not json'),
      }),
    );
    await putOrders({ connectionString: databaseUrl }, { perSecond: 5, seconds: 1, alertShare: 0 });
    await eventually('the orders behind it are counted', async () => {
      const { json } = await send('GET', '/statistics/revenue');
      return JSON.stringify(json).includes('"orders":5');
    });
    const sqs = new SQSClient(options);
    const letters = new Map<string, { reason: string }>();
    const readers = declaredJobs(settings({})).filter(({ streams }) =>
      streams.includes('shop-changes'),
    );
    const consumers = [...readers.map(({ name }) => name), 'land-records'];
    await eventually('each consumer has set it aside', async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: `${awsUrl}/000000000000/dev-dead-letters`,
          MaxNumberOfMessages: 10,
        }),
      );
      for (const { Body = '' } of Messages) {
        const letter = JSON.parse(Body);
        expect(letters.has(letter.consumer), `twice for ${letter.consumer}`).toBe(false);
        letters.set(letter.consumer, letter);
      }
      return letters.size === consumers.length;
    });
    expect([...letters.keys()].sort()).toEqual(consumers.sort());
    for (const { reason } of letters.values()) expect(reason).toContain('not JSON');
  });
});
