import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { send } from './direct-call.ts';
import { type PlayedDynamo, playedDynamo, stringKeys, tableResource } from './played-dynamo.ts';

const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
const tables = [tableResource('dev-state', { ...stringKeys, TimeToLiveSpecification })];
const startMs = Date.UTC(2026, 0, 1);
let nowMs = startMs;
let dynamo: PlayedDynamo;

afterEach(() => dynamo.close());

async function put(sk: string, expiresAt: object): Promise<void> {
  const Item = { pk: { S: 'a' }, sk: { S: sk }, expiresAt };
  const { status } = await send(dynamo.service, 'PutItem', { TableName: 'dev-state', Item });
  expect(status).toBe(200);
}

async function sortKeys(): Promise<readonly string[]> {
  const { body } = await send(dynamo.service, 'Scan', { TableName: 'dev-state' });
  return (body as { Items: { sk: { S: string } }[] }).Items.map(({ sk }) => sk.S).sort();
}

it('expired items are removed in the background, others stay', async () => {
  nowMs = startMs;
  dynamo = await playedDynamo({ tables, now: () => nowMs, sweepIntervalMs: 20 });
  const startSeconds = startMs / 1000;
  await put('expired', { N: String(startSeconds - 1) });
  await put('future', { N: String(startSeconds + 60) });
  await put('milliseconds', { N: String(startMs) });
  await put('text', { S: String(startSeconds - 1) });
  await put('ancient', { N: '1' });
  await expect.poll(sortKeys).toEqual(['ancient', 'future', 'milliseconds', 'text']);
  nowMs += 61_000;
  await expect.poll(sortKeys).toEqual(['ancient', 'milliseconds', 'text']);
});

it('an item prolonged while the sweep runs stays', async () => {
  nowMs = startMs;
  dynamo = await playedDynamo({ tables, now: () => nowMs, sweepIntervalMs: 1 });
  let expiry = startMs / 1000 + 1;
  await put('prolonged', { N: String(expiry) });
  for (let turn = 0; turn < 200; turn++) {
    nowMs += 1000;
    expiry += 1;
    await put('prolonged', { N: String(expiry) });
    if (turn % 20 === 0) await delay(2);
  }
  expect(await sortKeys()).toEqual(['prolonged']);
});

it('a client request token is forgotten after ten minutes', async () => {
  nowMs = startMs;
  dynamo = await playedDynamo({ tables, now: () => nowMs, sweepIntervalMs: 20 });
  const key = { pk: { S: 'a' }, sk: { S: 'counter' } };
  const increment = () =>
    send(dynamo.service, 'TransactWriteItems', {
      ClientRequestToken: 'token',
      TransactItems: [
        {
          Update: {
            TableName: 'dev-state',
            Key: key,
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
    });
  const count = async () => {
    const { body } = await send(dynamo.service, 'GetItem', { TableName: 'dev-state', Key: key });
    return (body as { Item: { n: { N: string } } }).Item.n.N;
  };
  await increment();
  nowMs += 599_999;
  await increment();
  expect(await count()).toBe('1');
  nowMs += 1;
  await increment();
  expect(await count()).toBe('2');
});
