import { z } from 'zod';
import {
  type AwsCall,
  AwsError,
  localAccountId,
  localRegion,
  type Permission,
  type PlayedService,
} from '../service.ts';
import type { Fauxqs } from './fauxqs.ts';

const requestSchema = z.looseObject({
  QueueUrl: z.string().optional(),
  QueueName: z.string().optional(),
});
const replySchema = z.looseObject({
  QueueUrl: z.string().optional(),
  QueueUrls: z.array(z.string()).optional(),
});

/** Batches need what their entries need. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html */
const actionOf = new Map([
  ['SendMessageBatch', 'SendMessage'],
  ['DeleteMessageBatch', 'DeleteMessage'],
  ['ChangeMessageVisibilityBatch', 'ChangeMessageVisibility'],
]);

/**
 * SQS: fauxqs finds a queue by the last part of its URL, whatever host it names, and the URLs it
 * gives out are rewritten to the gateway's: ports may change between two starts.
 */
export function sqsService(fauxqs: Fauxqs, publicUrl: string): Omit<PlayedService, 'close'> {
  return {
    signingName: 'sqs',
    permissions: (call) => [sqsPermission(call.operation ?? '', requestOf(call))],
    async handle(call) {
      requestOf(call);
      const contentType = 'application/x-amz-json-1.0';
      const reply = await fauxqs.request({
        method: 'POST',
        url: '/',
        headers: { ...call.headers, 'content-type': contentType },
        body: call.body,
      });
      if (reply.status >= 500) {
        throw new AwsError('InternalFailure', `Cannot play ${call.operation}: ${reply.body}`, 500);
      }
      return { ...reply, body: withPublicUrls(reply.body, publicUrl) };
    },
  };
}

export function queueUrl(publicUrl: string, name: string): string {
  return `${publicUrl.replace(/\/$/, '')}/${localAccountId}/${name}`;
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${localRegion}:${localAccountId}:${name}`;
}

function sqsPermission(operation: string, request: z.infer<typeof requestSchema>): Permission {
  const name = request.QueueName ?? request.QueueUrl?.split('/').at(-1);
  return {
    action: `sqs:${actionOf.get(operation) ?? operation}`,
    resource: name === undefined ? '*' : queueArn(name),
  };
}

function requestOf(call: AwsCall): z.infer<typeof requestSchema> {
  try {
    return requestSchema.parse(JSON.parse(call.body.toString('utf8') || '{}'));
  } catch (error) {
    throw new AwsError('InvalidParameterValue', `Cannot read request: ${String(error)}`);
  }
}

function withPublicUrls(body: Buffer, publicUrl: string): string {
  const text = body.toString('utf8');
  if (!text.includes('"QueueUrl')) return text;
  const reply = replySchema.parse(JSON.parse(text));
  const moved = (url: string) => queueUrl(publicUrl, url.split('/').at(-1) ?? '');
  return JSON.stringify({
    ...reply,
    ...(reply.QueueUrl !== undefined && { QueueUrl: moved(reply.QueueUrl) }),
    ...(reply.QueueUrls !== undefined && { QueueUrls: reply.QueueUrls.map(moved) }),
  });
}
