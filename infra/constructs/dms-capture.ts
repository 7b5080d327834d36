import { Aws } from 'aws-cdk-lib';
import * as dms from 'aws-cdk-lib/aws-dms';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kinesis from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import { capturedTables } from '../../shared/shop/captured-tables.ts';
import type { Deployment } from '../deployment.ts';
import { DmsAccountRoles } from './dms-account-roles.ts';
import { dmsSettings } from './dms-settings.ts';
import { dmsTableMappings } from './dms-table-mappings.ts';
import { type ShopDatabase, shopDatabaseName } from './shop-database.ts';
import type { ShopNetwork } from './shop-network.ts';

export interface DmsCaptureProps {
  readonly deployment: Deployment;
  readonly network: ShopNetwork;
  readonly database: ShopDatabase;
  readonly stream: kinesis.IStream;
}

/** First what is there, then every change. */
const loadThenChanges = 'full-load-and-cdc';

/**
 * The change capture: DMS reads the write-ahead log and puts one record per changed row into the
 * stream. CloudFormation makes it and never starts it; a running one can be neither changed nor
 * deleted, so it is stopped before either.
 */
export class DmsCapture extends Construct {
  /** ARN of the replication config, or of the replication task where an instance runs it. */
  readonly replicationArn: string;

  constructor(scope: Construct, id: string, props: DmsCaptureProps) {
    super(scope, id);
    const { stage, capture, createDmsRoles } = props.deployment;
    const name = `${stage}-shop-capture`;
    const subnets = new dms.CfnReplicationSubnetGroup(this, 'Subnets', {
      replicationSubnetGroupIdentifier: name,
      replicationSubnetGroupDescription: `Where the capture of ${stage} runs`,
      subnetIds: props.network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
    });
    if (createDmsRoles) subnets.node.addDependency(new DmsAccountRoles(this, 'AccountRoles'));
    const runs = {
      name,
      sourceEndpointArn: this.#source(stage, props.database).ref,
      targetEndpointArn: this.#target(stage, props.stream).ref,
      replicationSubnetGroupId: subnets.ref,
      vpcSecurityGroupIds: [props.network.captureGroup.securityGroupId],
    };
    this.replicationArn = capture === 'serverless' ? this.#config(runs) : this.#task(runs);
  }

  #source(stage: string, { captureSecret }: ShopDatabase): dms.CfnEndpoint {
    const role = new iam.Role(this, 'SecretRole', {
      assumedBy: new iam.ServicePrincipal(`dms.${Aws.REGION}.amazonaws.com`),
      description: 'Lets DMS read the password it reads the database with',
    });
    const grant = captureSecret.grantRead(role);
    const endpoint = new dms.CfnEndpoint(this, 'Source', {
      endpointIdentifier: `${stage}-shop-database`,
      endpointType: 'source',
      engineName: 'aurora-postgresql',
      databaseName: shopDatabaseName,
      sslMode: 'require',
      postgreSqlSettings: {
        secretsManagerSecretId: captureSecret.secretArn,
        secretsManagerAccessRoleArn: role.roleArn,
        pluginName: 'test-decoding',
        // Would need the right to make tables and triggers; our schema changes by `migrate` alone.
        captureDdls: false,
        mapBooleanAsBoolean: true,
      },
    });
    grant.applyBefore(endpoint);
    return endpoint;
  }

  #target(stage: string, stream: kinesis.IStream): dms.CfnEndpoint {
    const role = new iam.Role(this, 'StreamRole', {
      assumedBy: new iam.ServicePrincipal('dms.amazonaws.com'),
      description: 'Lets DMS put changes into the stream',
    });
    const grant = stream.grant(
      role,
      'kinesis:DescribeStream',
      'kinesis:PutRecord',
      'kinesis:PutRecords',
    );
    const endpoint = new dms.CfnEndpoint(this, 'Target', {
      endpointIdentifier: `${stage}-shop-changes`,
      endpointType: 'target',
      engineName: 'kinesis',
      // CloudFormation has no property for it; without, large numbers come in scientific notation.
      extraConnectionAttributes: 'UseLargeIntegerValue=true',
      kinesisSettings: {
        streamArn: stream.streamArn,
        serviceAccessRoleArn: role.roleArn,
        messageFormat: 'json-unformatted',
        includeTransactionDetails: true,
        includePartitionValue: true,
        partitionIncludeSchemaTable: true,
        includeNullAndEmpty: true,
        includeControlDetails: false,
        includeTableAlterOperations: false,
        noHexPrefix: true,
      },
    });
    grant.applyBefore(endpoint);
    return endpoint;
  }

  /** DMS Serverless. */
  #config({ name, replicationSubnetGroupId, vpcSecurityGroupIds, ...endpoints }: Surroundings) {
    const config = new dms.CfnReplicationConfig(this, 'Config', {
      replicationConfigIdentifier: name,
      replicationType: loadThenChanges,
      ...endpoints,
      computeConfig: {
        minCapacityUnits: 1,
        maxCapacityUnits: 4,
        multiAz: false,
        replicationSubnetGroupId,
        vpcSecurityGroupIds: [...vpcSecurityGroupIds],
      },
      tableMappings: dmsTableMappings(capturedTables),
      replicationSettings: dmsSettings,
    });
    return config.ref;
  }

  /** The smallest instance, with a task: a few times cheaper, and no wait for capacity. */
  #task({ name, replicationSubnetGroupId, vpcSecurityGroupIds, ...endpoints }: Surroundings) {
    const instance = new dms.CfnReplicationInstance(this, 'Instance', {
      replicationInstanceIdentifier: name,
      replicationInstanceClass: 'dms.t3.micro',
      allocatedStorage: 20,
      multiAz: false,
      publiclyAccessible: false,
      replicationSubnetGroupIdentifier: replicationSubnetGroupId,
      vpcSecurityGroupIds: [...vpcSecurityGroupIds],
    });
    const task = new dms.CfnReplicationTask(this, 'Task', {
      replicationTaskIdentifier: name,
      migrationType: loadThenChanges,
      replicationInstanceArn: instance.ref,
      ...endpoints,
      tableMappings: JSON.stringify(dmsTableMappings(capturedTables)),
      replicationTaskSettings: JSON.stringify(dmsSettings),
    });
    return task.ref;
  }
}

/** What both forms of the replication are made with. */
interface Surroundings {
  readonly name: string;
  readonly sourceEndpointArn: string;
  readonly targetEndpointArn: string;
  readonly replicationSubnetGroupId: string;
  readonly vpcSecurityGroupIds: readonly string[];
}
