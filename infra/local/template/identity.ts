import { localAccountId as account, localRegion as region } from '../service.ts';

/** Addresses of the parts that the local cloud plays, known before they start. */
export interface Addresses {
  /** The endpoint of all AWS services. */
  readonly awsUrl: string;
  /** The HTTP API. */
  readonly apiUrl: string;
  readonly database: { readonly host: string; readonly port: number };
}

/** What a resource is called once it exists. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The value of one of the resource's own properties, references in it followed. */
export type PropertyOf = (name: string) => string;

type Describe = (name: string, addresses: Addresses, propertyOf: PropertyOf) => Identity;

interface Kind {
  /** Path of the property that names the resource; undefined where AWS makes the name. */
  readonly nameAt?: readonly string[];
  readonly describe: Describe;
}

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

function named(nameAt: string, arnOf: (name: string) => string): Kind {
  return {
    nameAt: nameAt.split('.'),
    describe: (name) => ({ ref: name, attributes: { Arn: arnOf(name) } }),
  };
}

/** Types whose names and attributes other resources, functions or commands use. */
const kinds: Readonly<Record<string, Kind>> = {
  'AWS::Kinesis::Stream': named('Name', (name) => arn('kinesis', `stream/${name}`)),
  'AWS::DynamoDB::Table': named('TableName', (name) => arn('dynamodb', `table/${name}`)),
  'AWS::Lambda::Function': named('FunctionName', (name) => arn('lambda', `function:${name}`)),
  'AWS::KinesisFirehose::DeliveryStream': named('DeliveryStreamName', (name) =>
    arn('firehose', `deliverystream/${name}`),
  ),
  'AWS::IAM::Role': named('RoleName', (name) => `arn:aws:iam::${account}:role/${name}`),
  'AWS::Logs::LogGroup': named('LogGroupName', (name) => arn('logs', `log-group:${name}:*`)),
  'AWS::Glue::Database': named('DatabaseInput.Name', (name) => arn('glue', `database/${name}`)),
  'AWS::Glue::Table': named('TableInput.Name', (name) => arn('glue', `table/${name}`)),
  'AWS::Athena::WorkGroup': named('Name', (name) => arn('athena', `workgroup/${name}`)),
  'AWS::S3::Bucket': {
    nameAt: ['BucketName'],
    describe: (name) => ({
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      },
    }),
  },
  'AWS::SQS::Queue': {
    nameAt: ['QueueName'],
    describe: (name, { awsUrl }) => {
      const url = `${awsUrl}/${account}/${name}`;
      return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    },
  },
  'AWS::SecretsManager::Secret': {
    nameAt: ['Name'],
    describe: (name) => {
      const secret = arn('secretsmanager', `secret:${name}-local0`);
      return { ref: secret, attributes: { Id: secret, Arn: secret } };
    },
  },
  'AWS::Kinesis::StreamConsumer': {
    nameAt: ['ConsumerName'],
    describe: (name, _addresses, propertyOf) => {
      const consumer = `${propertyOf('StreamARN')}/consumer/${name}:1`;
      return { ref: consumer, attributes: { ConsumerARN: consumer, ConsumerName: name } };
    },
  },
  'AWS::SecretsManager::SecretTargetAttachment': {
    describe: (_name, _addresses, propertyOf) => {
      const secret = propertyOf('SecretId');
      return { ref: secret, attributes: { Id: secret } };
    },
  },
  'AWS::ApiGatewayV2::Api': {
    describe: (name, { apiUrl }) => ({
      ref: name,
      attributes: { ApiId: name, ApiEndpoint: apiUrl },
    }),
  },
  'AWS::RDS::DBCluster': {
    nameAt: ['DBClusterIdentifier'],
    describe: (name, { database }) => ({
      ref: name,
      attributes: {
        'Endpoint.Address': database.host,
        'Endpoint.Port': String(database.port),
        'ReadEndpoint.Address': database.host,
        DBClusterArn: arn('rds', `cluster:${name}`),
      },
    }),
  },
};

/** Where the name of such a resource is written, if it can be given. */
export function namePath(type: string): readonly string[] | undefined {
  return kinds[type]?.nameAt;
}

/** What `Ref` and `Fn::GetAtt` give for a resource of this type and name. */
export function identityOf(
  type: string,
  name: string,
  addresses: Addresses,
  propertyOf: PropertyOf,
): Identity {
  const kind = kinds[type];
  if (kind) return kind.describe(name, addresses, propertyOf);
  const service = type.split('::')[1]?.toLowerCase() ?? 'unknown';
  return { ref: name, attributes: { Arn: arn(service, name) } };
}
