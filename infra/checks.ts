import { type App, type CfnResource, Validations } from 'aws-cdk-lib';
import { NagMessageLevel, NagPack, type NagRuleResult, rules } from 'cdk-nag';

type Rule = (node: CfnResource) => NagRuleResult;

/** What no resource of ours may break, by what the rule asks for. */
const demands: Readonly<Record<string, Rule>> = {
  'a bucket is not public': rules.s3.S3BucketLevelPublicAccessProhibited,
  'a bucket is reached by TLS only': rules.s3.S3BucketSSLRequestsOnly,
  'a stream is encrypted': rules.kinesis.KinesisDataStreamSSE,
  'a delivery stream is encrypted': rules.kinesis.KinesisDataFirehoseSSE,
  'a table can be restored to any second': rules.dynamodb.DynamoDBPITREnabled,
  'a queue is encrypted': rules.sqs.SQSQueueSSE,
  'a queue is reached by TLS only': rules.sqs.SQSQueueSSLRequestsOnly,
  'a topic is encrypted': rules.sns.SNSEncryptedKMS,
  'a topic is reached by TLS only': rules.sns.SNSTopicSSLPublishOnly,
  'a key is rotated': rules.kms.KMSBackingKeyRotationEnabled,
  'a stream mapping has a failure destination': rules.lambda.LambdaEventSourceMappingDestination,
  'a function runs on a current runtime': rules.lambda.LambdaLatestVersion,
  'a function is not public': rules.lambda.LambdaFunctionPublicAccessProhibited,
  'a policy does not allow everything': rules.iam.IAMPolicyNoStatementsWithAdminAccess,
  'a policy does not allow a whole service': rules.iam.IAMPolicyNoStatementsWithFullAccess,
  'a log group forgets': rules.cloudwatch.CloudWatchLogGroupRetentionPeriod,
  'a database is encrypted': rules.rds.RDSStorageEncrypted,
  'a database is not public': rules.rds.RDSInstancePublicAccess,
  'a database is not open to the world': rules.rds.RDSRestrictedInbound,
  'a replication instance is not public': rules.dms.DMSReplicationNotPublic,
  'a security group is not open to the world': rules.ec2.EC2RestrictedInbound,
  'a subnet gives out no public address': rules.vpc.VPCSubnetAutoAssignPublicIpDisabled,
  'no route leads to the internet': rules.vpc.VPCNoUnrestrictedRouteToIGW,
};

/** The house rules of security and operation; one broken rule fails synthesis. */
class ShopChecks extends NagPack {
  readonly name = 'Shop';

  constructor() {
    super();
    this.packName = this.name;
  }

  protected override checkResource(node: CfnResource): void {
    for (const [info, rule] of Object.entries(demands)) {
      this.applyRule({ info, explanation: info, level: NagMessageLevel.ERROR, rule, node });
    }
  }
}

export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new ShopChecks());
}
