const firstMs = 1_000;
const largestMs = 10 * 60_000;
/** A receiver that asks for more is asked again after this long: an alert is given up after a day. */
const retryAfterMaxMs = 3_600_000;

/**
 * How long to wait before attempt `attempts` + 1: doubling, capped, with half of it drawn by
 * chance; not sooner than the receiver asked for.
 *
 * @param random from 0 up to, not including, 1.
 */
export function backoffMs(
  attempts: number,
  random: number,
  retryAfterMs: number | undefined,
): number {
  const full = Math.min(largestMs, firstMs * 2 ** (attempts - 1));
  return Math.max(full / 2 + (full / 2) * random, Math.min(retryAfterMs ?? 0, retryAfterMaxMs));
}
