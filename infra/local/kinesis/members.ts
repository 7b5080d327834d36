import { z } from 'zod';
import { AwsError, localAccountId } from '../service.ts';
import { hashSpaceSize } from './hash-key.ts';

/** Members that several requests share, with the constraints of the API's model. */

const name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[a-zA-Z0-9_.-]+$/);

export const streamName = name;
export const shardId = name;
export const consumerName = name;

export const streamArn = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^arn:aws.*:kinesis:.*:\d{12}:stream\/\S+$/);

/** Most requests name their stream in one of two ways. */
export const streamReference = {
  StreamName: streamName.optional(),
  StreamARN: streamArn.optional(),
};

export const hashKey = z.string().regex(/^(?:0|([1-9]\d{0,38}))$/);
export const sequenceNumberText = z.string().regex(/^(?:0|([1-9]\d{0,128}))$/);
export const nextToken = z.string().min(1).max(1_048_576);
export const retentionHours = z.number().int();
/** Epoch seconds with fractions. */
export const timestamp = z.number();

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes, written in base64. */
export function blob(bytesMax: number): z.ZodType<Buffer> {
  return z
    .string()
    .refine((text) => text.length % 4 === 0 && base64.test(text), {
      message: 'The text is not base64',
      params: { mistyped: true },
      abort: true,
    })
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((bytes) => bytes.length <= bytesMax, {
      message: `Member must have length less than or equal to ${bytesMax}`,
    });
}

/** @throws AwsError InvalidArgumentException when neither is there or both differ. */
export function nameOfStream({
  StreamName,
  StreamARN,
}: {
  StreamName?: string | undefined;
  StreamARN?: string | undefined;
}): string {
  const ofArn = StreamARN === undefined ? undefined : nameInArn(StreamARN);
  const found = StreamName ?? ofArn;
  if (found === undefined) {
    throw new AwsError('InvalidArgumentException', 'Either StreamName or StreamARN is required.');
  }
  if (ofArn !== undefined && ofArn !== found) {
    throw new AwsError('InvalidArgumentException', 'StreamName and StreamARN do not match.');
  }
  return found;
}

/** The stream's name in its own ARN or in one of its consumers'. */
export function nameInArn(arn: string): string | undefined {
  return /:stream\/([a-zA-Z0-9_.-]+)/.exec(arn)?.[1];
}

/** @throws AwsError InvalidArgumentException beyond the hash space. */
export function readHashKey(text: string | undefined, member: string): bigint | undefined {
  if (text === undefined) return undefined;
  const value = BigInt(text);
  if (value < hashSpaceSize) return value;
  throw new AwsError(
    'InvalidArgumentException',
    `Invalid ${member}. ${member} must be in the range: [0, 2^128-1]. Specified value was ${text}`,
  );
}

/** @throws AwsError ResourceNotFoundException. */
export function shardNotFound(id: string, stream: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Could not find shard ${id} in stream ${stream} under account ${localAccountId}.`,
  );
}
