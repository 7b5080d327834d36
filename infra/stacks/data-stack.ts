import { CfnOutput, Stack } from 'aws-cdk-lib';
import type * as glue from 'aws-cdk-lib/aws-glue';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { cdkInterface } from '../constructs/cdk-interface.ts';
import { HostDatabaseSecret } from '../constructs/host-database-secret.ts';
import { LakeBucket } from '../constructs/lake-bucket.ts';
import { LakeCatalogue } from '../constructs/lake-catalogue.ts';
import { ShopDatabase } from '../constructs/shop-database.ts';
import { ShopNetwork } from '../constructs/shop-network.ts';
import { ShopQueues } from '../constructs/shop-queues.ts';
import { ShopSecrets } from '../constructs/shop-secrets.ts';
import { ShopStreams } from '../constructs/shop-streams.ts';
import { ShopTables } from '../constructs/shop-tables.ts';
import { SqlWorkgroup } from '../constructs/sql-workgroup.ts';
import type { Deployment } from '../deployment.ts';

/** What only AWS itself has: LocalStack's free plan knows no Aurora and no Glue. */
export interface ShopData {
  readonly network: ShopNetwork;
  readonly database: ShopDatabase;
}

/** Everything that holds data. In production it outlives its stack. */
export class DataStack extends Stack {
  readonly streams: ShopStreams;
  readonly tables: ShopTables;
  readonly queues: ShopQueues;
  readonly secrets: ShopSecrets;
  readonly lake: s3.IBucket;
  /** Secret of the database user of the shop API. */
  readonly appSecret: secretsmanager.ISecret;
  /** Undefined in a profile whose database stands elsewhere. */
  readonly shop: ShopData | undefined;
  /** Tables of changes by data set; empty in a profile without a catalogue. */
  readonly lakeTables: ReadonlyMap<string, glue.CfnTable>;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, {
      description: 'Shop: database, streams, tables, lake',
      terminationProtection: deployment.production,
    });
    this.streams = new ShopStreams(this, 'Streams', deployment);
    this.tables = new ShopTables(this, 'Tables', deployment);
    this.queues = new ShopQueues(this, 'Queues', deployment);
    this.secrets = new ShopSecrets(this, 'Secrets', deployment);
    this.lake = cdkInterface<s3.IBucket>(new LakeBucket(this, 'Lake', deployment));
    this.#output('LakeBucketName', this.lake.bucketName);
    this.#output('PseudonymKeySecretArn', this.secrets.pseudonymKey.secretArn);
    this.#output('TokenKeySecretArn', this.secrets.tokenKey.secretArn);
    this.#output('AlertWebhookSecretArn', this.secrets.alertWebhook.secretArn);
    this.#output('DeadLetterQueueUrl', this.queues.deadLetters.queueUrl);

    if (deployment.profile === 'localstack') {
      this.appSecret = cdkInterface<secretsmanager.ISecret>(
        new HostDatabaseSecret(this, 'HostDatabaseSecret', deployment),
      );
      this.#output('AppSecretArn', this.appSecret.secretArn);
      this.shop = undefined;
      this.lakeTables = new Map();
      return;
    }
    const network = new ShopNetwork(this, 'Network');
    const database = new ShopDatabase(this, 'Database', { deployment, network });
    this.shop = { network, database };
    this.appSecret = database.appSecret;
    this.#output('ClusterArn', database.cluster.clusterArn);
    this.#output('AdminSecretArn', database.adminSecret.secretArn);
    this.#output('AppSecretArn', database.appSecret.secretArn);
    this.#output('CaptureSecretArn', database.captureSecret.secretArn);

    const bucket = this.lake;
    this.lakeTables = new LakeCatalogue(this, 'Catalogue', { deployment, bucket }).changes;
    const workgroup = new SqlWorkgroup(this, 'Sql', { deployment, bucket });
    workgroup.node.addDependency(this.node.findChild('Catalogue'));
    this.#output('GlueDatabase', deployment.database);
    this.#output('Workgroup', workgroup.name);
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
