import * as glue from 'aws-cdk-lib/aws-glue';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  currentStateColumns,
  currentStateSql,
  type LakeColumn,
  type LakeDataSet,
  partitionNames,
} from '../../shared/lake/data-sets.ts';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';
import { lakePrefixes } from './lake-prefixes.ts';
import { LakeViewTable } from './lake-view-table.ts';

export interface LakeTablesProps {
  readonly deployment: Deployment;
  readonly dataSet: LakeDataSet;
  readonly database: glue.Database;
  readonly bucket: s3.IBucket;
}

/**
 * How partitions are found without a crawler: every month or day since 2000 is one, for
 * history that is brought later. The end lies
 * ahead, so that an event whose clock runs fast over midnight is seen at once.
 */
const projections = {
  month: glue.PartitionProjectionConfiguration.date({
    min: '2000-01',
    max: 'NOW+1MONTHS',
    format: 'yyyy-MM',
    step: { interval: 1, intervalUnit: glue.DateIntervalUnit.MONTHS },
  }),
  day: glue.PartitionProjectionConfiguration.date({
    min: '2000-01-01',
    max: 'NOW+1DAYS',
    format: 'yyyy-MM-dd',
    step: { interval: 1, intervalUnit: glue.DateIntervalUnit.DAYS },
  }),
} as const;

/** A data set in the catalogue: the table of its changes, and the view of its current state. */
export class LakeTables extends Construct {
  readonly changes: glue.CfnTable;

  constructor(scope: Construct, id: string, props: LakeTablesProps) {
    super(scope, id);
    const { deployment, dataSet, database, bucket } = props;
    const { name, table, columns, partition } = dataSet;
    const prefix = lakePrefixes.bronze(dataSet);
    const names = partitionNames(dataSet);
    const folders = names.map((key) => `${key}=\${${key}}/`);
    const changes = new glue.S3Table(this, 'Changes', {
      database,
      tableName: table,
      description: `Every record of ${name}, one row each`,
      storage: glue.S3TableStorage.fromBucket(bucket),
      s3Prefix: prefix,
      dataFormat: glue.DataFormat.PARQUET,
      columns: columns.map(glueColumn),
      partitionKeys: names.map((key) => ({ name: key, type: glue.Schema.STRING })),
      partitionProjection: {
        ...(partition.types && {
          type: glue.PartitionProjectionConfiguration.enum({ values: [...partition.types] }),
        }),
        [partition.name]: projections[partition.name],
      },
      parameters: {
        'storage.location.template': `s3://${bucket.bucketName}/${prefix}${folders.join('')}`,
      },
    });
    changes.applyRemovalPolicy(dataRemoval(deployment));
    const resource = changes.node.defaultChild;
    if (!(resource instanceof glue.CfnTable)) {
      throw new Error(`Cannot find Glue table: the construct has no resource: received ${table}`);
    }
    this.changes = resource;
    const view = new LakeViewTable(this, 'CurrentState', {
      deployment,
      view: {
        name,
        title: `${name} as they are now`,
        columns: currentStateColumns(dataSet),
        sql: currentStateSql(dataSet),
      },
    });
    view.dependOn(resource);
  }
}

function glueColumn({ name, type }: LakeColumn): glue.Column {
  return { name, type: { inputString: type, isPrimitive: true } };
}
