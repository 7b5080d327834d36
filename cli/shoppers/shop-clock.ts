/** What time it is in the shop, for those who shop there. */
export interface ShopClock {
  /** Whether the shop's time is not that of the world: what is done is told as history. */
  readonly isOwn: boolean;
  /** The span in which something happens, epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Real milliseconds from now until this instant comes; none where it has. */
  waitMs(atMs: number, nowMs: number): number;
}

/** The world's time, from now on. */
export function liveClock(nowMs: number, spanMs: number): ShopClock {
  return {
    isOwn: false,
    fromMs: nowMs,
    toMs: nowMs + spanMs,
    waitMs: (atMs, realMs) => Math.max(0, atMs - realMs),
  };
}

/**
 * A time of its own that begins `spanMs` before now and never passes now.
 *
 * @param speed how much faster than the world's it runs; infinite: nothing waits.
 */
export function ownClock(nowMs: number, spanMs: number, speed: number): ShopClock {
  const fromMs = nowMs - spanMs;
  return {
    isOwn: true,
    fromMs,
    toMs: nowMs,
    waitMs: (atMs, realMs) => Math.max(0, (atMs - fromMs) / speed - (realMs - nowMs)),
  };
}
