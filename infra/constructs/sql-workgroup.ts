import { readFileSync } from 'node:fs';
import * as athena from 'aws-cdk-lib/aws-athena';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { lakePrefixes } from './lake-prefixes.ts';

export interface SqlWorkgroupProps {
  readonly deployment: Deployment;
  readonly bucket: s3.IBucket;
}

/** A query costs at most this many bytes of reading: 10 GiB, at Athena's price about 5 cents. */
const bytesScannedMax = 10 * 1024 ** 3;

/** Saved queries: each is a file of its name in `infra/queries/`, its first line its description. */
const savedQueries = ['revenue-per-hour'];

/** Who asks the lake asks here: results go to one place, whatever the client says. */
export class SqlWorkgroup extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { deployment, bucket }: SqlWorkgroupProps) {
    super(scope, id);
    this.name = `${deployment.stage}-shop`;
    const workgroup = new athena.CfnWorkGroup(this, 'Workgroup', {
      name: this.name,
      description: 'Queries over the shop lake',
      state: 'ENABLED',
      recursiveDeleteOption: !deployment.production,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: bytesScannedMax,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${lakePrefixes.queryResults}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    for (const name of savedQueries) {
      const queryString = readFileSync(new URL(`../queries/${name}.sql`, import.meta.url), 'utf8');
      const [firstLine = ''] = queryString.split('\n', 1);
      const query = new athena.CfnNamedQuery(this, name, {
        name,
        description: firstLine.replace(/^-- /, ''),
        database: deployment.database,
        workGroup: this.name,
        queryString,
      });
      query.addResourceDependency(workgroup);
    }
  }
}
