import { beforeAll, describe, expect, test } from 'vitest';
import { settings } from '../../../shared/config/settings.ts';
import { only, resourcesOf, synthesiseTemplates, type Templates } from '../templates.ts';

let dev: Templates;

beforeAll(async () => {
  dev = await synthesiseTemplates();
});

describe('AppStack', () => {
  test('drives each job by its stream, in order and without end', () => {
    const mappings = resourcesOf(dev, 'AWS::Lambda::EventSourceMapping');
    const batches = mappings.map(({ Properties: p }) => [
      p['BatchSize'],
      p['MaximumBatchingWindowInSeconds'],
    ]);
    expect(batches).toEqual([
      [1000, 0],
      [10_000, 0],
      [500, 0],
      [500, 0],
      [500, 0],
      [500, 0],
      [500, 0],
      [100, 0],
      [1000, 5],
      [5000, 5],
      [1000, 5],
    ]);
    for (const { Properties } of mappings) {
      expect(Properties).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        ParallelizationFactor: 1,
        MaximumRetryAttempts: -1,
        MaximumRecordAgeInSeconds: -1,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        DestinationConfig: { OnFailure: { Destination: expect.anything() } },
      });
    }
    const filters = mappings.flatMap(({ Properties: p }) =>
      p['FilterCriteria'] ? [[p['BatchSize'], p['FilterCriteria'].Filters]] : [],
    );
    expect(filters).toEqual([
      [500, [{ Pattern: '{"data":{"type":["fraud-case"]}}' }]],
      [100, [{ Pattern: '{"data":{"type":["alert"]}}' }]],
    ]);
  });

  test('routes what it knows, and all the rest to the shop API', () => {
    const routes = resourcesOf(dev, 'AWS::ApiGatewayV2::Route');
    expect(routes.map(({ Properties }) => Properties['RouteKey']).sort()).toEqual([
      '$default',
      'DELETE /alert-mutes/{id}',
      'GET /alert-mutes',
      'GET /alerts',
      'GET /alerts/{id}',
      'GET /dashboard',
      'GET /dashboard/{proxy+}',
      'GET /features/{proxy+}',
      'GET /fraud/orders',
      'GET /fraud/orders/{id}',
      'GET /insights/openapi.json',
      'GET /live',
      'GET /statistics/{proxy+}',
      'GET /undelivered-alerts',
      'PATCH /customers/{id}',
      'POST /alert-mutes',
      'POST /alerts/{id}/acknowledgement',
      'POST /alerts/{id}/snooze',
      'POST /customers',
      'POST /events',
      'POST /fraud/orders/{id}/reviews',
      'POST /sessions',
      'POST /undelivered-alerts/{id}/replay',
    ]);
    const stage = only(resourcesOf(dev, 'AWS::ApiGatewayV2::Stage')).Properties;
    expect(stage['DefaultRouteSettings'].ThrottlingRateLimit).toBeGreaterThan(0);
    expect(stage['AccessLogSettings'].DestinationArn).toBeDefined();
  });

  test('lets fewer requests through where a password is hashed', () => {
    const stage = only(resourcesOf(dev, 'AWS::ApiGatewayV2::Stage'));
    const lower = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 };
    expect(stage.Properties['RouteSettings']).toEqual({
      'PATCH /customers/{id}': lower,
      'POST /customers': lower,
      'POST /sessions': lower,
    });
    const routes = Object.entries(dev['App']?.Resources ?? {}).filter(([, { Properties }]) =>
      /^(POST .(customers|sessions)|PATCH .customers..id.)$/.test(String(Properties?.['RouteKey'])),
    );
    expect(routes).toHaveLength(3);
    expect(stage.DependsOn).toEqual(expect.arrayContaining(routes.map(([id]) => id)));
  });

  test('tells who verifies tokens the public key, and the shop API alone the secret', () => {
    expect(dev['App']?.Parameters['TokenPublicKey']).toMatchObject({ Type: 'String', Default: '' });
    const environments = resourcesOf(dev, 'AWS::Lambda::Function').map(({ Properties }) => ({
      name: Properties['FunctionName'],
      ...Properties['Environment'].Variables,
    }));
    const told = environments.filter((variables) => 'TOKEN_PUBLIC_KEY' in variables);
    expect(told.map(({ name }) => name).sort()).toEqual([
      'dev-click-intake',
      'dev-insights-api',
      'dev-shop-api',
    ]);
    for (const { TOKEN_PUBLIC_KEY } of told) {
      expect(TOKEN_PUBLIC_KEY).toEqual({ Ref: 'TokenPublicKey' });
    }
    const readers = Object.entries(dev['App']?.Resources ?? {}).filter(
      ([, { Type, Properties }]) =>
        Type === 'AWS::IAM::Policy' && JSON.stringify(Properties).includes('TokenKey'),
    );
    expect(readers.map(([id]) => id)).toEqual([expect.stringContaining('ShopApiRole')]);
  });

  test('lets no other origin in that was not named', async () => {
    const rulesOf = (stacks: typeof dev) =>
      only(resourcesOf(stacks, 'AWS::ApiGatewayV2::Api')).Properties['CorsConfiguration'];
    expect(rulesOf(dev)).toBeUndefined();
    const corsOrigins = 'https://shop.example.com,http://localhost:5173';
    expect(rulesOf(await synthesiseTemplates({ corsOrigins }))).toMatchObject({
      AllowOrigins: corsOrigins.split(','),
      AllowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
      AllowHeaders: expect.arrayContaining(['authorization', 'idempotency-key']),
    });
  });

  test('gives the settings that were chosen to every function, and tells them to commands', async () => {
    const settings = '{"REVENUE_WINDOW_MS":30000}';
    const chosen = await synthesiseTemplates({ settings });
    for (const { Properties } of resourcesOf(chosen, 'AWS::Lambda::Function')) {
      expect(Properties['Environment']).toMatchObject({
        Variables: { REVENUE_WINDOW_MS: '30000' },
      });
    }
    expect(chosen['App']?.Outputs?.['Settings']).toEqual({
      Value: '{"REVENUE_WINDOW_MS":"30000"}',
    });
    expect(dev['App']?.Outputs?.['Settings']).toEqual({ Value: '{}' });
  });

  test('keeps figures from the internet, unless a deployment opens them', async () => {
    const figuresFor = (templates: Templates): string => {
      const functions = resourcesOf(templates, 'AWS::Lambda::Function');
      const api = functions.find(({ Properties: p }) => p['FunctionName'] === 'dev-insights-api');
      const { FIGURES_FOR } = api?.Properties['Environment'].Variables ?? {};
      return settings({ FIGURES_FOR }).figuresFor;
    };
    expect(figuresFor(dev)).toBe('analysts');
    const opened = await synthesiseTemplates({ settings: '{"FIGURES_FOR":"everyone"}' });
    expect(figuresFor(opened)).toBe('everyone');
    await expect(synthesiseTemplates({ settings: '{"FIGURES_FOR":"all"}' })).rejects.toThrow(
      'FIGURES_FOR',
    );
  });

  test('calls the clock and the jobs every minute', () => {
    const schedules = resourcesOf(dev, 'AWS::Scheduler::Schedule').map(({ Properties }) => [
      Properties['Name'],
      Properties['ScheduleExpression'],
      Properties['Target'].Input,
    ]);
    expect(schedules).toEqual([
      ['dev-clock', 'rate(1 minute)', '{}'],
      ['dev-order-expiry', 'rate(1 minute)', '{}'],
      ['dev-statistics', 'rate(1 minute)', '{"task":"sweep"}'],
      ['dev-sale-features', 'rate(1 minute)', '{"task":"sweep"}'],
      ['dev-fraud-detection', 'rate(1 minute)', '{"task":"sweep"}'],
      ['dev-alert-delivery', 'rate(1 minute)', '{"task":"sweep"}'],
    ]);
  });

  test('gives each function a role of its own, the shop API no way to a stream, tables to read', () => {
    const roles = resourcesOf(dev, 'AWS::Lambda::Function').map(({ Properties }) =>
      JSON.stringify(Properties['Role']),
    );
    expect(new Set(roles).size).toBe(11);
    expect(actionsOf(dev, 'ShopApi')).toEqual([
      'dynamodb:BatchGetItem',
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
    ]);
    expect(actionsOf(dev, 'OrderExpiryFunction')).toEqual(actionsOf(dev, 'ShopApi').slice(1));
    const writes = /:(Put|Update|Delete|BatchWrite|Send)/;
    expect(actionsOf(dev, 'InsightsApi').filter((action) => writes.test(action))).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'logs:PutLogEvents',
    ]);
  });

  test('lands Parquet by the table of its data set, filed by the row’s own time', () => {
    for (const { Properties } of resourcesOf(dev, 'AWS::KinesisFirehose::DeliveryStream')) {
      const s3Settings = Properties['ExtendedS3DestinationConfiguration'];
      const name = String(Properties['DeliveryStreamName']);
      const dataSet = name.replace(/^dev-/, '').replaceAll('-', '_');
      const partition = dataSet === 'orders' ? 'month' : 'day';
      const byType = dataSet === 'insights';
      const folder = byType ? 'type=!{partitionKeyFromQuery:type}/' : '';
      expect(s3Settings).toMatchObject({
        Prefix: `bronze/${dataSet}/${folder}${partition}=!{partitionKeyFromQuery:${partition}}/`,
        DynamicPartitioningConfiguration: { Enabled: true },
        ProcessingConfiguration: {
          Processors: [
            { Type: 'RecordDeAggregation' },
            {
              Type: 'MetadataExtraction',
              Parameters: [
                { ParameterValue: `{${byType ? '"type":.type,' : ''}"${partition}":._partition}` },
                { ParameterValue: 'JQ-1.6' },
              ],
            },
          ],
        },
        DataFormatConversionConfiguration: {
          Enabled: true,
          InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
          OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
        },
      });
    }
  });

  test('has alarms that say how bad it is, and nobody to tell without an address', () => {
    const alarms = resourcesOf(dev, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(10);
    for (const { Properties } of alarms) {
      expect(Properties['AlarmDescription']).toMatch(/^\[(critical|warning)\] .+ \(dedupe: dev-/);
      expect(Properties['AlarmActions']).toBeUndefined();
    }
    const budget = only(resourcesOf(dev, 'AWS::Budgets::Budget')).Properties;
    expect(budget['NotificationsWithSubscribers']).toBeUndefined();
    expect(resourcesOf(dev, 'AWS::SNS::Topic')).toEqual([]);
  });

  test('tells a given address of alarms and of the budget', async () => {
    const told = await synthesiseTemplates({ email: 'owner@example.com' });
    for (const { Properties } of resourcesOf(told, 'AWS::CloudWatch::Alarm')) {
      expect(Properties['AlarmActions']).toHaveLength(1);
    }
    const budget = only(resourcesOf(told, 'AWS::Budgets::Budget')).Properties;
    expect(JSON.stringify(budget['NotificationsWithSubscribers'])).toContain('owner@example.com');
  });
});

/** Every action that the function's role allows, sorted. */
function actionsOf(templates: Templates, id: string): readonly string[] {
  const policies = Object.entries(templates['App']?.Resources ?? {}).filter(
    ([logicalId, { Type }]) =>
      Type === 'AWS::IAM::Policy' && logicalId.includes(`${id}RoleDefaultPolicy`),
  );
  return policies
    .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement)
    .flatMap(({ Action }) => Action)
    .sort();
}
