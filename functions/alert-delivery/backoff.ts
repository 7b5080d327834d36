const firstMs = 1_000;
const largestMs = 10 * 60_000;

/**
 * How long to wait before attempt `attempts` + 1: doubling, capped, with half of it drawn by
 * chance; never sooner than the receiver asked for.
 *
 * @param random from 0 up to, not including, 1.
 */
export function backoffMs(
  attempts: number,
  random: number,
  retryAfterMs: number | undefined,
): number {
  const full = Math.min(largestMs, firstMs * 2 ** (attempts - 1));
  return Math.max(full / 2 + (full / 2) * random, retryAfterMs ?? 0);
}
