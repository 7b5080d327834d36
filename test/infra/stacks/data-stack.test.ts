import { beforeAll, describe, expect, test } from 'vitest';
import { insightViews } from '../../../shared/lake/insight-views.ts';
import {
  allResources,
  only,
  resourcesOf,
  synthesiseTemplates,
  type TemplateResource,
  type Templates,
} from '../templates.ts';

let dev: Templates;
let prod: Templates;

beforeAll(async () => {
  dev = await synthesiseTemplates();
  prod = await synthesiseTemplates({ stage: 'prod', streamMode: 'on-demand' });
});

describe('DataStack', () => {
  test('writes its log for logical replication and lets the database keep time', () => {
    const { Parameters } = only(resourcesOf(dev, 'AWS::RDS::DBClusterParameterGroup')).Properties;
    expect(Parameters).toMatchObject({
      'rds.logical_replication': '1',
      shared_preload_libraries: expect.stringContaining('pg_cron'),
      'cron.database_name': 'shop',
    });
    const cluster = only(resourcesOf(dev, 'AWS::RDS::DBCluster')).Properties;
    expect(cluster).toMatchObject({ EnableHttpEndpoint: true, StorageEncrypted: true });
  });

  test('keeps the network to itself: no internet, no NAT, endpoints that cost in one zone', () => {
    const types = allResources(dev).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::EC2::NatGateway');
    expect(types).not.toContain('AWS::EC2::InternetGateway');
    const endpoints = resourcesOf(dev, 'AWS::EC2::VPCEndpoint').filter(
      ({ Properties }) => Properties['VpcEndpointType'] === 'Interface',
    );
    expect(endpoints).toHaveLength(2);
    for (const { Properties } of endpoints) expect(Properties['SubnetIds']).toHaveLength(1);
  });

  test('shows the lake as tables of changes with projected partitions, and views over them', () => {
    const tables = new Map(
      resourcesOf(dev, 'AWS::Glue::Table').map(({ Properties }) => [
        Properties['TableInput'].Name,
        Properties['TableInput'],
      ]),
    );
    const views = new Set(insightViews.map(({ name }) => name));
    expect([...tables.keys()].filter((name) => !views.has(name)).sort()).toEqual([
      'click_records',
      'clicks',
      'insight_records',
      'insights',
      'order_adjustments',
      'order_adjustments_changes',
      'order_items',
      'order_items_changes',
      'order_reviews',
      'order_reviews_changes',
      'orders',
      'orders_changes',
      'payments',
      'payments_changes',
    ]);
    expect(tables.get('orders_changes').Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.month.format': 'yyyy-MM',
      'projection.month.range': '2000-01,NOW+1MONTHS',
    });
    expect(tables.get('order_items_changes').PartitionKeys).toEqual([
      { Name: 'day', Type: 'string' },
    ]);
    expect(tables.get('insight_records').Parameters).toMatchObject({
      'projection.type.type': 'enum',
      'projection.type.values': expect.stringContaining('revenue,'),
      'storage.location.template': expect.anything(),
    });
    expect(tables.get('revenue_windows').StorageDescriptor.Columns).toContainEqual({
      Name: 'gross',
      Type: 'decimal(18,2)',
    });
    const [, encoded = ''] = /Presto View: (\S+)/.exec(tables.get('orders').ViewOriginalText) ?? [];
    expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toMatchObject({
      catalog: 'awsdatacatalog',
      schema: 'ecommerce',
      originalSql: expect.stringContaining('FROM orders_changes'),
    });
  });
});

describe('DataStack of production', () => {
  const holdsData = [
    'AWS::DynamoDB::Table',
    'AWS::Kinesis::Stream',
    'AWS::RDS::DBCluster',
    'AWS::S3::Bucket',
    'AWS::SQS::Queue',
    'AWS::Glue::Database',
    'AWS::Glue::Table',
  ];

  test.each(holdsData)('keeps every %s when its stack goes; other stages let it go', (type) => {
    const policies = (templates: Templates): unknown[] =>
      resourcesOf(templates, type).map((one) => one.DeletionPolicy);
    expect(new Set(policies(prod))).toEqual(new Set(['Retain']));
    expect(new Set(policies(dev))).toEqual(new Set(['Delete']));
  });

  test('keeps the key of the hashes, without which old ones match nothing', () => {
    const isKey = ({ Properties }: TemplateResource) => Properties['Name'] === 'prod/pseudonym-key';
    const secrets = resourcesOf(prod, 'AWS::SecretsManager::Secret');
    expect(only(secrets.filter(isKey)).DeletionPolicy).toBe('Retain');
  });

  test('cannot be deleted by mistake', () => {
    expect(only(resourcesOf(prod, 'AWS::RDS::DBCluster')).Properties['DeletionProtection']).toBe(
      true,
    );
    for (const { Properties } of resourcesOf(prod, 'AWS::DynamoDB::Table')) {
      expect(Properties['DeletionProtectionEnabled']).toBe(true);
    }
  });

  test('scales its streams by itself where asked to', () => {
    for (const { Properties } of resourcesOf(prod, 'AWS::Kinesis::Stream')) {
      expect(Properties['StreamModeDetails']).toEqual({ StreamMode: 'ON_DEMAND' });
      expect(Properties['ShardCount']).toBeUndefined();
    }
  });
});
