import { Aws } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { LakeView } from '../../shared/lake/insight-views.ts';
import { storedViewMarker, viewText } from '../../shared/lake/view-text.ts';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';

export interface LakeViewTableProps {
  readonly deployment: Deployment;
  readonly view: LakeView;
}

/**
 * A view in the catalogue: what `CREATE VIEW` in Athena would have stored. Its text is encoded, so
 * the database's name must be known by now.
 */
export class LakeViewTable extends Construct {
  readonly #table: glue.CfnTable;

  constructor(scope: Construct, id: string, { deployment, view }: LakeViewTableProps) {
    super(scope, id);
    const { database } = deployment;
    const { name, title, columns, sql } = view;
    this.#table = new glue.CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database,
      tableInput: {
        name,
        description: title,
        tableType: 'VIRTUAL_VIEW',
        parameters: { presto_view: 'true', comment: 'Presto View' },
        partitionKeys: [],
        storageDescriptor: { columns: [...columns], serdeInfo: {} },
        viewOriginalText: viewText({ database, sql, columns }),
        viewExpandedText: storedViewMarker,
      },
    });
    this.#table.applyRemovalPolicy(dataRemoval(deployment));
  }

  /** The table it reads is made before it. */
  dependOn(table: glue.CfnTable): void {
    this.#table.addResourceDependency(table);
  }
}
