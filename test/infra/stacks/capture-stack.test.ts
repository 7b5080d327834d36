import { expect, test } from 'vitest';
import { dmsTableMappings } from '../../../infra/constructs/dms-table-mappings.ts';
import { capturedTables } from '../../../shared/shop/captured-tables.ts';
import { only, resourcesOf, synthesiseTemplates } from '../templates.ts';

test('CaptureStack captures by exactly the mappings of the captured tables', async () => {
  const dev = await synthesiseTemplates();
  const config = only(resourcesOf(dev, 'AWS::DMS::ReplicationConfig')).Properties;
  expect(config['TableMappings']).toEqual(dmsTableMappings(capturedTables));
  expect(config['ReplicationType']).toBe('full-load-and-cdc');
  const [source, target] = resourcesOf(dev, 'AWS::DMS::Endpoint');
  expect(source?.Properties['PostgreSqlSettings']).toMatchObject({
    CaptureDdls: false,
    MapBooleanAsBoolean: true,
  });
  expect(target?.Properties['KinesisSettings']).toMatchObject({
    MessageFormat: 'json-unformatted',
    IncludeTransactionDetails: true,
    IncludePartitionValue: true,
    PartitionIncludeSchemaTable: true,
    IncludeNullAndEmpty: true,
    IncludeControlDetails: false,
    IncludeTableAlterOperations: false,
    NoHexPrefix: true,
  });
  expect(target?.Properties['ExtraConnectionAttributes']).toBe('UseLargeIntegerValue=true');
});

test('CaptureStack runs on a small instance where asked to', async () => {
  const prod = await synthesiseTemplates({ capture: 'instance' });
  expect(resourcesOf(prod, 'AWS::DMS::ReplicationConfig')).toEqual([]);
  const instance = only(resourcesOf(prod, 'AWS::DMS::ReplicationInstance')).Properties;
  expect(instance).toMatchObject({
    ReplicationInstanceClass: 'dms.t3.micro',
    PubliclyAccessible: false,
  });
  const task = only(resourcesOf(prod, 'AWS::DMS::ReplicationTask')).Properties;
  expect(JSON.parse(task['TableMappings'])).toEqual(dmsTableMappings(capturedTables));
  expect(Object.keys(prod['Capture']?.Outputs ?? {})).toContain('ReplicationTaskArn');
});

test('CaptureStack makes the roles that DMS wants once an account, only where asked to', async () => {
  const names = async (context: Record<string, unknown>) =>
    resourcesOf(await synthesiseTemplates(context), 'AWS::IAM::Role').flatMap(
      ({ Properties }) => Properties['RoleName'] ?? [],
    );
  expect(await names({})).toEqual([]);
  expect(await names({ dmsRoles: 'create' })).toEqual(['dms-vpc-role', 'dms-cloudwatch-logs-role']);
});
