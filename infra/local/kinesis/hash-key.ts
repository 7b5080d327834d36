import { hash } from 'node:crypto';

/** A part of the 128-bit hash space, both ends included. */
export interface HashRange {
  readonly start: bigint;
  readonly end: bigint;
}

export const hashSpaceSize = 1n << 128n;

/** https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${hash('md5', partitionKey, 'hex')}`);
}

/** Cuts the hash space into parts of one size; the last takes what division leaves over. */
export function evenRanges(count: number): HashRange[] {
  const size = hashSpaceSize / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    start: size * BigInt(index),
    end: index === count - 1 ? hashSpaceSize - 1n : size * BigInt(index + 1) - 1n,
  }));
}
