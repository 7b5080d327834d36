/**
 * Sequence numbers have 56 digits, so their order as text is their order as numbers:
 *
 *     49 | stamp: epoch ms, 15 digits | shard index, 9 digits | counter, 30 digits
 *
 * The stamp is drawn anew at each start and for each new shard and only ever grows, so numbers do
 * not repeat after a restart, even if every file is lost, and a child's are larger than its
 * parents'.
 */
export interface SequencePosition {
  readonly stampMs: number;
  readonly shardIndex: number;
  readonly counter: bigint;
}

const lead = '49';
const stampDigits = 15;
const indexDigits = 9;
const counterDigits = 30;
const pattern = /^49\d{54}$/;

/** Marks the end of a closed shard: no record gets so far. */
export const lastCounter = 10n ** BigInt(counterDigits) - 1n;

/** What all numbers with one stamp in one shard begin with. */
export function sequencePrefix(stampMs: number, shardIndex: number): string {
  return (
    lead +
    String(stampMs).padStart(stampDigits, '0') +
    String(shardIndex).padStart(indexDigits, '0')
  );
}

export function sequenceNumber(prefix: string, counter: number | bigint): string {
  return prefix + String(counter).padStart(counterDigits, '0');
}

/** Undefined for a text that is no sequence number of ours. */
export function parseSequenceNumber(text: string): SequencePosition | undefined {
  if (!pattern.test(text)) return undefined;
  const indexAt = lead.length + stampDigits;
  const counterAt = indexAt + indexDigits;
  return {
    stampMs: Number(text.slice(lead.length, indexAt)),
    shardIndex: Number(text.slice(indexAt, counterAt)),
    counter: BigInt(text.slice(counterAt)),
  };
}

/** The number just below, for a reader that starts after a number and wants one included. */
export function numberBefore(text: string): string {
  return String(BigInt(text) - 1n);
}
