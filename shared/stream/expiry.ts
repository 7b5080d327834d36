/** State outlives the retention of the stream, seven days; a held watermark may need it that long. */
const stateLifetimeMs = 9 * 24 * 3_600_000;

/** When an item written now may be removed, epoch seconds, as DynamoDB's time to live takes it. */
export function expiryOf(nowMs: number): number {
  return Math.floor((nowMs + stateLifetimeMs) / 1000);
}
