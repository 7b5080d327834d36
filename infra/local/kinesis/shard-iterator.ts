import { z } from 'zod';
import { AwsError } from '../service.ts';
import type { ReadStart } from './segment.ts';
import { packToken, unpackToken } from './token.ts';

/** A place in a shard, as clients carry it. */
export interface ShardIterator extends ReadStart {
  readonly stream: string;
  /** Tells a stream from an earlier one of its name. */
  readonly streamCreatedAtMs: number;
  readonly shardId: string;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
const lifetimeMs = 300_000;

const token = z.tuple([
  z.string(),
  z.number(),
  z.string(),
  z.string().nullable(),
  z.number(),
  z.number(),
]);

export function packIterator(iterator: ShardIterator, nowMs: number): string {
  const { stream, streamCreatedAtMs, shardId, after, notBeforeMs } = iterator;
  return packToken([stream, streamCreatedAtMs, shardId, after ?? null, notBeforeMs, nowMs]);
}

/** @throws AwsError InvalidArgumentException, or ExpiredIteratorException after five minutes. */
export function unpackIterator(text: string, nowMs: number): ShardIterator {
  const values = unpackToken(token, text);
  if (values === undefined) {
    throw new AwsError('InvalidArgumentException', 'Invalid ShardIterator.');
  }
  const [stream, streamCreatedAtMs, shardId, after, notBeforeMs, packedAtMs] = values;
  if (nowMs - packedAtMs > lifetimeMs) {
    throw new AwsError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${timeText(packedAtMs)} while right now it is ${timeText(nowMs)} which is further in the future than the tolerated delay of ${lifetimeMs} milliseconds.`,
    );
  }
  return { stream, streamCreatedAtMs, shardId, after: after ?? undefined, notBeforeMs };
}

function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
