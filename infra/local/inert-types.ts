/** Types that have no effect on a laptop: there is no network, bill or operator to act upon. */
const inertServices = ['EC2', 'Logs', 'CloudWatch', 'Budgets', 'KMS', 'CDK', 'SNS', 'IAM'];

/** Single types: what they describe is done by the part that they belong to. */
const inertTypes = new Set([
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBClusterParameterGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::DMS::ReplicationSubnetGroup',
  'AWS::DMS::ReplicationInstance',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::SecretTargetAttachment',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::Scheduler::ScheduleGroup',
]);

/** Types that a part of the local cloud plays. */
const playedTypes = new Set([
  'AWS::Kinesis::Stream',
  'AWS::Kinesis::StreamConsumer',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::Lambda::Function',
  'AWS::Lambda::EventSourceMapping',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Stage',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
  'AWS::Athena::WorkGroup',
  'AWS::Athena::NamedQuery',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
  'AWS::DMS::Endpoint',
  'AWS::DMS::ReplicationConfig',
  'AWS::DMS::ReplicationTask',
]);

/** Whether a resource type is played here, has nothing to do here, or is not known. */
export function roleOfType(type: string): 'played' | 'inert' | 'unknown' {
  if (playedTypes.has(type)) return 'played';
  const service = type.split('::')[1] ?? '';
  return inertTypes.has(type) || inertServices.includes(service) ? 'inert' : 'unknown';
}
