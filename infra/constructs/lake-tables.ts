import { Aws } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  currentStateColumns,
  currentStateSql,
  type LakeColumn,
  type LakeDataSet,
} from '../../shared/lake/data-sets.ts';
import { storedViewMarker, viewText } from '../../shared/lake/view-text.ts';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';
import { lakePrefixes } from './lake-prefixes.ts';

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
    const changes = new glue.S3Table(this, 'Changes', {
      database,
      tableName: table,
      description: `Every record of ${name}, one row each`,
      storage: glue.S3TableStorage.fromBucket(bucket),
      s3Prefix: prefix,
      dataFormat: glue.DataFormat.PARQUET,
      columns: columns.map(glueColumn),
      partitionKeys: [{ name: partition.name, type: glue.Schema.STRING }],
      partitionProjection: { [partition.name]: projections[partition.name] },
      parameters: {
        'storage.location.template': `s3://${bucket.bucketName}/${prefix}${partition.name}=\${${partition.name}}/`,
      },
    });
    changes.applyRemovalPolicy(dataRemoval(deployment));
    const resource = changes.node.defaultChild;
    if (!(resource instanceof glue.CfnTable)) {
      throw new Error(`Cannot find Glue table: the construct has no resource: received ${table}`);
    }
    this.changes = resource;
    const view = this.#currentState(dataSet, deployment.database);
    view.applyRemovalPolicy(dataRemoval(deployment));
  }

  /** What `CREATE VIEW` in Athena would have stored; encoded, so the name must be known by now. */
  #currentState(dataSet: LakeDataSet, database: string): glue.CfnTable {
    const columns = currentStateColumns(dataSet);
    const view = new glue.CfnTable(this, 'CurrentState', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database,
      tableInput: {
        name: dataSet.name,
        description: `${dataSet.name} as they are now`,
        tableType: 'VIRTUAL_VIEW',
        parameters: { presto_view: 'true', comment: 'Presto View' },
        partitionKeys: [],
        storageDescriptor: { columns: [...columns], serdeInfo: {} },
        viewOriginalText: viewText({ database, sql: currentStateSql(dataSet), columns }),
        viewExpandedText: storedViewMarker,
      },
    });
    view.addResourceDependency(this.changes);
    return view;
  }
}

function glueColumn({ name, type }: LakeColumn): glue.Column {
  return { name, type: { inputString: type, isPrimitive: true } };
}
