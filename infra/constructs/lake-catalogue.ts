import * as glue from 'aws-cdk-lib/aws-glue';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { lakeDataSets } from '../../shared/lake/data-sets.ts';
import { insightViews } from '../../shared/lake/insight-views.ts';
import { insightDataSet } from '../../shared/lake/insights.ts';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';
import { LakeTables } from './lake-tables.ts';
import { LakeViewTable } from './lake-view-table.ts';

export interface LakeCatalogueProps {
  readonly deployment: Deployment;
  readonly bucket: s3.IBucket;
}

/** The Glue database: for each data set its table of changes and its view of the current state, and a view per type of insight. */
export class LakeCatalogue extends Construct {
  /** Tables of changes by the name of their data set. */
  readonly changes: ReadonlyMap<string, glue.CfnTable>;

  constructor(scope: Construct, id: string, { deployment, bucket }: LakeCatalogueProps) {
    super(scope, id);
    const database = new glue.Database(this, 'Database', {
      databaseName: deployment.database,
      description: `The shop's lake, stage ${deployment.stage}`,
    });
    database.applyRemovalPolicy(dataRemoval(deployment));
    this.changes = new Map(
      lakeDataSets.map((dataSet) => [
        dataSet.name,
        new LakeTables(this, dataSet.name, { deployment, dataSet, database, bucket }).changes,
      ]),
    );
    const insights = this.changes.get(insightDataSet.name);
    for (const view of insightViews) {
      const table = new LakeViewTable(this, `View ${view.name}`, { deployment, view });
      if (insights) table.dependOn(insights);
    }
  }
}
