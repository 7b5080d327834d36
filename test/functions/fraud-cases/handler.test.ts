import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { caseKey, readStoredCase } from '../../../shared/fraud/stored-case.ts';
import { fraudCase } from '../../fixtures/fraud-cases.ts';
import { lambdaContext } from '../../fixtures/http-event.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { kinesisEvent, streamRecord } from '../../fixtures/shop-changes.ts';
import { Faults } from '../../shared/jobs/job-rig.ts';

const faults = new Faults();
let cloud: PlayedCloud;
let invoke: (event: unknown) => Promise<KinesisStreamBatchResponse>;

beforeAll(async () => {
  cloud = await playCloud(faults.disturb);
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'info').mockImplementation(() => {});
  vi.resetModules();
  const { handler } = await import('../../../functions/fraud-cases/handler.ts');
  invoke = (event) => handler(event, lambdaContext('fraud-cases'));
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await cloud.close();
});

function batch(...texts: readonly string[]) {
  const records = texts.map((text, index) => streamRecord(text, String(100 + index), Date.now()));
  return kinesisEvent('dev-insights', records);
}

function insightText(revision: number): string {
  return JSON.stringify({
    id: 'fraud-case|1',
    type: 'fraud-case',
    schemaVersion: 1,
    revision,
    job: 'fraud',
    generation: 1,
    data: fraudCase('1'),
  });
}

async function stored() {
  const { Item } = await cloud.dynamo.send(
    new GetItemCommand({ TableName: 'dev-fraud-cases', Key: marshall(caseKey('1')) }),
  );
  return Item && readStoredCase(unmarshall(Item));
}

it('stores what it is told, and sets aside what is no case', async () => {
  expect(await invoke(batch(insightText(1), '{"type":"fraud-case"}'))).toEqual({
    batchItemFailures: [],
  });
  expect(await stored()).toMatchObject({ revision: 1, decision: 'review' });
  expect(await cloud.drain('dev-dead-letters')).toMatchObject([{ consumer: 'fraud-cases' }]);
});

it('asks for the batch again where the table does not answer', async () => {
  faults.before.add('UpdateItem');
  expect(await invoke(batch(insightText(2)))).toEqual({
    batchItemFailures: [{ itemIdentifier: '100' }],
  });
  faults.before.clear();
  expect(await invoke(batch(insightText(2)))).toEqual({ batchItemFailures: [] });
  expect(await stored()).toMatchObject({ revision: 2 });
});
