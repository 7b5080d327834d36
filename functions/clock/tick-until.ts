/** What the clock needs of the stream it ticks in. */
export interface TickedStream {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** A hash key inside each shard that takes records. */
  openShards(): Promise<readonly string[]>;
  put(hashKey: string, tick: { readonly type: 'tick'; readonly at: number }): Promise<void>;
  onError(error: unknown): void;
}

/**
 * Puts one tick into every open shard each `intervalMs` until `endMs`, each in a request of its
 * own. A tick that fails is told and skipped: no tick, no progress, and the next one makes it good.
 * So are ticks that came due while one took too long.
 */
export async function tickUntil(
  endMs: number,
  intervalMs: number,
  stream: TickedStream,
): Promise<void> {
  let dueMs = stream.now();
  while (dueMs < endMs) {
    await stream.sleep(Math.max(0, dueMs - stream.now()));
    try {
      const tick = { type: 'tick', at: stream.now() } as const;
      for (const hashKey of await stream.openShards()) await stream.put(hashKey, tick);
    } catch (error) {
      stream.onError(error);
    }
    const ticksDue = Math.floor((stream.now() - dueMs) / intervalMs) + 1;
    dueMs += Math.max(1, ticksDue) * intervalMs;
  }
}
