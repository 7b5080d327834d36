/** Lines of JSON that travel as one Firehose record, and the first record of the batch they hold. */
export interface Pack {
  readonly data: Buffer;
  readonly rows: number;
  readonly firstRecordIndex: number;
}

/**
 * Bytes of one Firehose record (https://docs.aws.amazon.com/firehose/latest/dev/limits.html gives
 * 1,000 KB before encoding). Firehose bills each record rounded up to 5 KB, hence many lines in one.
 */
export const packBytesMax = 1_000_000;

/**
 * Packs lines, in order, into as few Firehose records as hold them; each ends in a line break. No
 * line may exceed {@link packBytesMax} with its break.
 */
export function packLines(
  lines: readonly { readonly line: string; readonly recordIndex: number }[],
): Pack[] {
  const packs: Pack[] = [];
  let pending: string[] = [];
  let bytes = 0;
  let firstRecordIndex = 0;
  const close = (): void => {
    if (pending.length === 0) return;
    packs.push({ data: Buffer.from(pending.join('')), rows: pending.length, firstRecordIndex });
    pending = [];
    bytes = 0;
  };
  for (const { line, recordIndex } of lines) {
    const size = Buffer.byteLength(line) + 1;
    if (bytes + size > packBytesMax) close();
    if (pending.length === 0) firstRecordIndex = recordIndex;
    pending.push(`${line}\n`);
    bytes += size;
  }
  close();
  return packs;
}
