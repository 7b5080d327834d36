/** A position in the write-ahead log, as PostgreSQL prints it: two hexadecimal halves. */
export function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** The position as DMS prints it, each half in eight digits: positions sort as text. */
export function formatPaddedLsn(lsn: bigint): string {
  const digits = lsn.toString(16).toUpperCase().padStart(16, '0');
  return `${digits.slice(0, 8)}/${digits.slice(8)}`;
}

export function parseLsn(text: string): bigint {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text) ?? [];
  if (high === undefined || low === undefined) {
    throw new RangeError(
      `Cannot read log position: two hexadecimal halves are expected: received "${text}"`,
    );
  }
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
