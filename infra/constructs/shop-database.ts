import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';
import type { ShopNetwork } from './shop-network.ts';

export interface ShopDatabaseProps {
  readonly deployment: Deployment;
  readonly network: ShopNetwork;
}

/** Name of the PostgreSQL database inside the cluster. */
export const shopDatabaseName = 'shop';

/**
 * Cluster parameters, each of which needs a restart. Changes are read from the write-ahead log, and
 * the database ticks its own clock by pg_cron, which runs in one database only.
 */
const parameters = {
  'rds.logical_replication': '1',
  max_replication_slots: '10',
  max_wal_senders: '15',
  // A capture that takes longer over a large transaction keeps its connection.
  wal_sender_timeout: '0',
  'rds.force_ssl': '1',
  shared_preload_libraries: 'pg_stat_statements,pg_cron',
  'cron.database_name': shopDatabaseName,
  timezone: 'UTC',
};

/**
 * The shop's PostgreSQL: Aurora Serverless v2 with logical replication, and the secrets of its three
 * users. While a replication slot is in use Aurora does not pause, so the least capacity is not 0.
 */
export class ShopDatabase extends Construct {
  readonly cluster: rds.DatabaseCluster;
  /** The owner, who migrates. */
  readonly adminSecret: secretsmanager.ISecret;
  /** `shop_app`, as whom the shop API speaks. */
  readonly appSecret: secretsmanager.ISecret;
  /** `shop_capture`, as whom the capture reads. */
  readonly captureSecret: secretsmanager.ISecret;

  constructor(scope: Construct, id: string, { deployment, network }: ShopDatabaseProps) {
    super(scope, id);
    const { stage, production } = deployment;
    const engine = rds.DatabaseClusterEngine.auroraPostgres({
      version: rds.AuroraPostgresEngineVersion.VER_17_7,
    });
    this.cluster = new rds.DatabaseCluster(this, 'Cluster', {
      engine,
      vpc: network.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [network.databaseGroup],
      defaultDatabaseName: shopDatabaseName,
      credentials: rds.Credentials.fromGeneratedSecret('shop_admin', {
        secretName: `${stage}/database/admin`,
      }),
      writer: rds.ClusterInstance.serverlessV2('writer'),
      serverlessV2MinCapacity: 0.5,
      serverlessV2MaxCapacity: production ? 16 : 2,
      enableDataApi: true,
      storageEncrypted: true,
      backup: { retention: Duration.days(production ? 14 : 1) },
      copyTagsToSnapshot: true,
      deletionProtection: production,
      removalPolicy: dataRemoval(deployment),
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine,
        description: `Logical replication and pg_cron for the shop database of ${stage}`,
        parameters,
      }),
    });
    if (this.cluster.secret === undefined) {
      throw new Error(`Cannot make database: its cluster has no secret: received ${id}`);
    }
    this.adminSecret = this.cluster.secret;
    this.appSecret = this.#userSecret('AppSecret', 'shop_app', `${stage}/database/app`);
    this.captureSecret = this.#userSecret(
      'CaptureSecret',
      'shop_capture',
      `${stage}/database/capture`,
    );
  }

  /** Attached to the cluster, a secret also holds its address: `host`, `port`, `dbname`. */
  #userSecret(id: string, username: string, secretName: string): secretsmanager.ISecret {
    const secret = new rds.DatabaseSecret(this, id, {
      username,
      secretName,
      dbname: shopDatabaseName,
    });
    return secret.attach(this.cluster);
  }
}
