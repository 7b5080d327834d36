import { setTimeout as sleep } from 'node:timers/promises';

/** The pauses between tries of one shard. */
export interface Backoff {
  /** Waits 100 ms, then twice as long each time up to the cap; returns early when aborted. */
  pause(): Promise<void>;
  /** Something went well: the next pause is the shortest again. */
  reset(): void;
}

const firstPauseMs = 100;

export function createBackoff(pauseMsMax: number, signal: AbortSignal): Backoff {
  let pauseMs = Math.min(firstPauseMs, pauseMsMax);

  async function pause(): Promise<void> {
    const ms = pauseMs;
    pauseMs = Math.min(pauseMs * 2, pauseMsMax);
    // The abort is the only way the timer rejects, and who calls looks at the signal next.
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  function reset(): void {
    pauseMs = Math.min(firstPauseMs, pauseMsMax);
  }

  return { pause, reset };
}
