import { beforeAll, describe, expect, test } from 'vitest';
import { insightViews } from '../../shared/lake/insight-views.ts';
import {
  allResources,
  only,
  resourcesOf,
  synthesiseTemplates,
  type Templates,
} from './templates.ts';

let dev: Templates;

beforeAll(async () => {
  dev = await synthesiseTemplates();
});

describe('buildApp()', () => {
  test('has three stacks and needs no code of CDK’s own to run', () => {
    expect(Object.keys(dev).sort()).toEqual(['App', 'Capture', 'Data']);
    const types = allResources(dev).map(({ Type }) => Type);
    expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
    expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(11);
  });

  test('gives things the names that people and commands know them by', () => {
    const names = (type: string, property: string) =>
      resourcesOf(dev, type).map(({ Properties }) => Properties[property]);
    expect(names('AWS::Kinesis::Stream', 'Name')).toEqual([
      'dev-shop-changes',
      'dev-clickstream',
      'dev-insights',
    ]);
    expect(names('AWS::DynamoDB::Table', 'TableName')).toEqual([
      'dev-state',
      'dev-results',
      'dev-alerts',
      'dev-fraud-cases',
    ]);
    expect(names('AWS::SQS::Queue', 'QueueName')).toEqual(['dev-dead-letters']);
    expect(names('AWS::SecretsManager::Secret', 'Name').sort()).toEqual([
      'dev/alert-webhook',
      'dev/database/admin',
      'dev/database/app',
      'dev/database/capture',
      'dev/pseudonym-key',
      'dev/token-key',
    ]);
    expect(names('AWS::KinesisFirehose::DeliveryStream', 'DeliveryStreamName').sort()).toEqual([
      'dev-clicks',
      'dev-insights',
      'dev-order_adjustments',
      'dev-order_items',
      'dev-order_reviews',
      'dev-orders',
      'dev-payments',
    ]);
    expect(names('AWS::Athena::WorkGroup', 'Name')).toEqual(['dev-shop']);
    expect(only(resourcesOf(dev, 'AWS::Glue::Database')).Properties['DatabaseInput'].Name).toBe(
      'ecommerce',
    );
  });

  test('puts out what commands ask for', () => {
    const outputs = Object.values(dev).flatMap(({ Outputs }) => Object.keys(Outputs));
    for (const name of [
      'ApiUrl',
      'ReplicationConfigArn',
      'ClusterArn',
      'AdminSecretArn',
      'AppSecretArn',
      'CaptureSecretArn',
      'PseudonymKeySecretArn',
      'AlertWebhookSecretArn',
      'Workgroup',
    ]) {
      expect(outputs).toContain(name);
    }
  });

  test.each([
    [{ stage: 'My Stage' }, '-c stage'],
    [{ capture: 'kafka' }, '-c capture'],
    [{ profile: 'azure' }, '-c profile'],
    [{ email: 'nobody' }, '-c email'],
    [{ monthlyBudgetUsd: 'a lot' }, '-c monthlyBudgetUsd'],
    [{ corsOrigins: '*' }, '-c corsOrigins'],
    [{ settings: 'ORDER_BURST_MAX=8' }, '-c settings: must be a JSON object of settings'],
    [
      { settings: '{"ORDER_BURST":8}' },
      '-c settings: Cannot read settings: there is no ORDER_BURST',
    ],
    [{ settings: { ORDER_BURST_MAX: 0 } }, '-c settings: Cannot read settings: ORDER_BURST_MAX'],
    [{ corsOrigins: 'https://shop.example.com/' }, '-c corsOrigins'],
  ])('refuses context %j', async (context, named) => {
    await expect(synthesiseTemplates(context)).rejects.toThrow(
      `Cannot synthesise the shop: ${named}`,
    );
  });
});

describe('two stages', () => {
  test('share no physical name', async () => {
    const names = async (stage: string) =>
      new Set(
        allResources(await synthesiseTemplates({ stage })).flatMap(({ Type, Properties }) =>
          physicalNames(Properties).map((name) => `${Type} ${name.replaceAll('"', '')}`),
        ),
      );
    const [one, other] = [await names('one'), await names('other')];
    expect(one.size).toBeGreaterThan(40);
    expect([...one].filter((name) => other.has(name))).toEqual(nameableTwice);
  });
});

/** Scoped by the database or workgroup they stand in, of which each stage has its own. */
const nameableTwice = [
  'AWS::Glue::Table orders_changes',
  'AWS::Glue::Table orders',
  'AWS::Glue::Table order_items_changes',
  'AWS::Glue::Table order_items',
  'AWS::Glue::Table order_adjustments_changes',
  'AWS::Glue::Table order_adjustments',
  'AWS::Glue::Table payments_changes',
  'AWS::Glue::Table payments',
  'AWS::Glue::Table order_reviews_changes',
  'AWS::Glue::Table order_reviews',
  'AWS::Glue::Table click_records',
  'AWS::Glue::Table clicks',
  'AWS::Glue::Table insight_records',
  'AWS::Glue::Table insights',
  ...insightViews.map(({ name }) => `AWS::Glue::Table ${name}`),
  'AWS::Athena::NamedQuery revenue-per-hour',
];

/** What CloudFormation calls a thing's own name; of nested ones, that of a Glue input and a budget. */
function physicalNames(properties: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    if (['TableInput', 'DatabaseInput', 'Budget'].includes(key)) {
      return physicalNames(value as Record<string, unknown>);
    }
    const isName =
      /^(Name|BudgetName|(Alarm|Bucket|Queue|Table|Topic|Role|Function|LogGroup|Consumer|DeliveryStream|RestApi)Name)$/.test(
        key,
      ) || /^(Endpoint|Replication\w+|DBCluster)Identifier$/.test(key);
    const isGiven = typeof value === 'string' || 'Fn::Join' in Object(value);
    return isName && isGiven ? [JSON.stringify(value)] : [];
  });
}
