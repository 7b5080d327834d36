import type { Write } from '../state-store.ts';

/** Sizes may be other than estimated; DynamoDB takes 400 KB an item and 4 MB together. */
const packedItemMax = 390 * 1024;
const packedTransactionMax = 3.8 * 1024 * 1024;

const utf8 = new TextEncoder();

/** Bytes of a text as DynamoDB counts them. */
export function utf8Bytes(text: string): number {
  return utf8.encode(text).length;
}

/** Whether DynamoDB may refuse these writes for their size, or they have more than `bytesMax`. */
export function isTooLarge(writes: readonly Write[], bytesMax = packedTransactionMax): boolean {
  // A character has at most three bytes: mostly that says enough, and nothing needs to be encoded.
  return (
    exceeds(writes, bytesMax, (text) => 3 * text.length) && exceeds(writes, bytesMax, utf8Bytes)
  );
}

function exceeds(
  writes: readonly Write[],
  bytesMax: number,
  bytesOf: (text: string) => number,
): boolean {
  let total = 0;
  for (const { key, put } of writes) {
    // Names of the keys and of the table's attributes, and what a request says beside the item.
    let bytes = 200 + bytesOf(key.pk) + bytesOf(key.sk);
    for (const name in put) {
      const value = put[name];
      if (value instanceof Uint8Array) bytes += value.length;
      else if (typeof value === 'string') bytes += bytesOf(value);
      else bytes += 20;
    }
    if (bytes > packedItemMax) return true;
    total += bytes;
  }
  return total > bytesMax;
}
