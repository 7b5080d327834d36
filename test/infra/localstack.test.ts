import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { allResources, resourcesOf, synthesiseTemplates } from './templates.ts';

/** The CloudFormation types of LocalStack's free plan, one a line. */
const freeTypes = new URL('localstack-free-types.txt', import.meta.url);

test('profile localstack is made of types of its free plan alone', async () => {
  const known = new Set((await readFile(freeTypes, 'utf8')).split('\n'));
  const templates = await synthesiseTemplates({ profile: 'localstack' });
  const types = new Set(allResources(templates).map(({ Type }) => Type));
  expect([...types].filter((type) => !known.has(type))).toEqual([]);
});

test('profile localstack has the same functions, behind a REST API that knows their events', async () => {
  const templates = await synthesiseTemplates({ profile: 'localstack' });
  expect(Object.keys(templates).sort()).toEqual(['App', 'Data']);
  const handlers = resourcesOf(templates, 'AWS::Lambda::Function').map(({ Properties }) => [
    Properties['FunctionName'],
    Properties['Handler'],
  ]);
  expect(Object.fromEntries(handlers)).toEqual({
    'dev-shop-api': 'rest.handler',
    'dev-click-intake': 'rest.handler',
    'dev-insights-api': 'rest.handler',
    'dev-statistics': 'index.handler',
    'dev-sale-features': 'index.handler',
    'dev-fraud-detection': 'index.handler',
    'dev-fraud-cases': 'index.handler',
    'dev-alert-delivery': 'index.handler',
    'dev-land-records': 'index.handler',
    'dev-clock': 'index.handler',
    'dev-order-expiry': 'index.handler',
  });
  const parts = resourcesOf(templates, 'AWS::ApiGateway::Resource').map(
    ({ Properties }) => Properties['PathPart'],
  );
  expect(parts.sort()).toEqual([
    ...['acknowledgement', 'alert-mutes', 'alerts', 'dashboard', 'events'],
    ...['features', 'fraud', 'insights'],
    ...['live', 'openapi.json', 'orders', 'replay', 'reviews', 'snooze', 'statistics'],
    ...['undelivered-alerts', '{id}', '{id}', '{id}', '{id}', '{proxy+}', '{proxy+}', '{proxy+}'],
    '{proxy+}',
  ]);
});
