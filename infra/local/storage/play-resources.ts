import { z } from 'zod';
import type { Resource } from '../service.ts';
import type { Fauxqs } from './fauxqs.ts';
import { queueArn, queueUrl } from './sqs.ts';

const bucketProperties = z.looseObject({ NotificationConfiguration: z.unknown().optional() });

/**
 * Makes a bucket of the template. Encryption, access rules and the like change nothing here;
 * lifecycle rules and versions are not played: nothing is ever deleted by itself.
 */
export function playBucket(fauxqs: Fauxqs, resource: Resource): void {
  const { NotificationConfiguration: notification } = parsed(bucketProperties, resource, 'bucket');
  if (notification !== undefined) {
    throw new Error(
      `Cannot play bucket ${resource.ref}: the local S3 sends no notifications: received ${JSON.stringify(notification)}`,
    );
  }
  fauxqs.s3.createBucket(resource.ref);
}

const numberSchema = z.union([z.number(), z.string()]).transform(String);
const flagSchema = z.union([z.boolean(), z.string()]).transform(String);
const policySchema = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((policy) => (typeof policy === 'string' ? policy : JSON.stringify(policy)));

const queueProperties = z.object({
  VisibilityTimeout: numberSchema.default('30'),
  DelaySeconds: numberSchema.default('0'),
  MaximumMessageSize: numberSchema.default('1048576'),
  MessageRetentionPeriod: numberSchema.default('345600'),
  ReceiveMessageWaitTimeSeconds: numberSchema.default('0'),
  FifoQueue: flagSchema.optional(),
  ContentBasedDeduplication: flagSchema.optional(),
  /** fauxqs takes an empty one as none. */
  RedrivePolicy: policySchema.default(''),
});

/** Makes a queue of the template, or gives the one that is there the template's attributes. */
export function playQueue(fauxqs: Fauxqs, resource: Resource, publicUrl: string): void {
  const attributes = Object.fromEntries(
    Object.entries(parsed(queueProperties, resource, 'queue')).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const name = queueName(resource);
  const queue =
    fauxqs.sqs.getQueueByName(name) ??
    fauxqs.sqs.createQueue(name, queueUrl(publicUrl, name), queueArn(name));
  queue.setAttributes(attributes);
}

/** `Ref` of a queue gives its URL. */
function queueName({ ref }: Resource): string {
  return ref.split('/').at(-1) ?? ref;
}

function parsed<Output>(schema: z.ZodType<Output>, resource: Resource, kind: string): Output {
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  throw new Error(
    `Cannot play ${kind} ${resource.ref}: ${z.prettifyError(result.error)}: received ${resource.type} ${resource.logicalId}`,
  );
}
