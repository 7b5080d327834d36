import { expect, test } from 'vitest';
import { parseSettings } from '../../../../infra/local/capture/endpoint-settings.ts';
import { dmsResources } from './capture-rig.ts';

const { replication, source, target } = dmsResources;
const kinesis = (changes: object) => ({
  ...target,
  KinesisSettings: { ...target.KinesisSettings, ...changes },
});

test('parseSettings() reads a replication config and its endpoints', () => {
  expect(parseSettings(dmsResources)).toEqual({
    record: {
      includeNullAndEmpty: true,
      includeTransactionDetails: true,
      includePartitionValue: true,
      partitionIncludeSchemaTable: true,
      noHexPrefix: true,
      mapBooleanAsBoolean: true,
      beforeImageField: 'before-image',
    },
    slotName: 'shop_capture',
    fullLoad: true,
  });
});

test('parseSettings() reads a task with settings as text, and attributes beside settings', () => {
  const settings = parseSettings({
    replication: {
      MigrationType: 'cdc',
      ReplicationTaskSettings: JSON.stringify({ BeforeImageSettings: null }),
    },
    source: { ExtraConnectionAttributes: 'MapBooleanAsBoolean=true; SlotName=kept' },
    target: kinesis({ IncludeNullAndEmpty: 'false', MessageFormat: 'JSON_UNFORMATTED' }),
  });
  expect(settings).toMatchObject({
    record: { includeNullAndEmpty: false, mapBooleanAsBoolean: true, beforeImageField: undefined },
    slotName: 'kept',
    fullLoad: false,
  });
});

test.each([
  [
    'control records',
    { replication, source, target: kinesis({ IncludeControlDetails: true }) },
    'control records are not played',
  ],
  [
    'pretty JSON',
    { replication, source, target: kinesis({ MessageFormat: 'json' }) },
    'MessageFormat',
  ],
  [
    'a target that is no stream',
    { replication, source, target: {} },
    'the target is no Kinesis endpoint',
  ],
  [
    'rounded integers',
    {
      replication,
      source,
      target: { ...target, ExtraConnectionAttributes: 'useLargeIntegerValue=false' },
    },
    'bigint is written exactly',
  ],
  [
    'parallel apply, which mixes the order',
    {
      source,
      target,
      replication: {
        ...replication,
        ReplicationSettings: { TargetMetadata: { ParallelApplyThreads: 4 } },
      },
    },
    'ParallelApplyThreads',
  ],
  [
    'a load alone',
    { source, target, replication: { ...replication, ReplicationType: 'full-load' } },
    'full-load-and-cdc',
  ],
  [
    'a slot name that is none',
    { replication, target, source: { PostgreSqlSettings: { SlotName: "x'y" } } },
    'SlotName',
  ],
  [
    'settings that are no JSON',
    { source, target, replication: { ...replication, ReplicationSettings: '{' } },
    'ReplicationSettings',
  ],
])('parseSettings() refuses %s', (_what, resources, message) => {
  expect(() => parseSettings(resources)).toThrow(message);
});
