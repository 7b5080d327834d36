/** Who signed a call: a function's role, or the person at the command line. */
export interface Principal {
  readonly accessKeyId: string;
  /** Physical name of the IAM role, or undefined for the person, who may do everything. */
  readonly roleName: string | undefined;
}

/** One call of the AWS API, read whole and not yet interpreted. */
export interface AwsCall {
  /** Service name of the signature's credential scope: `kinesis`, `dynamodb`, `s3`, `sqs`, … */
  readonly service: string;
  /** Operation of the JSON protocols (`PutRecords`), from `x-amz-target`; undefined for REST (S3). */
  readonly operation: string | undefined;
  readonly method: string;
  /** Path with query string, as received. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly principal: Principal;
}

export interface AwsReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What a call needs to be allowed: `{ action: 'kinesis:PutRecords', resource: 'arn:…' }`. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

/** One AWS service played on this machine. The gateway authorises a call before it hands it over. */
export interface PlayedService {
  /** The name clients sign with; the gateway routes by it. */
  readonly signingName: string;
  permissions(call: AwsCall): readonly Permission[];
  handle(call: AwsCall): Promise<AwsReply>;
  close(): Promise<void>;
}

/** A resource of the synthesised template, its properties with every reference resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` gives: the physical name for most types. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute name; `Arn` for most types. */
  readonly attributes: Readonly<Record<string, string>>;
  /** CloudFormation properties; parse them with a schema. */
  readonly properties: unknown;
}

/** An AWS error that the caller sees as such, in the JSON protocols' form. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

export const localAccountId = '000000000000';
export const localRegion = 'us-east-1';
