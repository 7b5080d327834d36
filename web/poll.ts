const everyMs = 1000;
const hiddenEveryMs = 10_000;
const retryMaxMs = 15_000;

/**
 * How long to wait before the next request: a second; longer where nobody looks; and while the API
 * is away, twice as long each time, up to a quarter of a minute.
 */
export function pollDelayMs(failures: number, hidden: boolean): number {
  const delayMs = failures === 0 ? everyMs : Math.min(retryMaxMs, everyMs * 2 ** (failures - 1));
  return hidden ? Math.max(hiddenEveryMs, delayMs) : delayMs;
}

export interface Polled {
  /** Asks once; what it throws counts as a failure. */
  readonly ask: () => Promise<void>;
  readonly onFailure: (error: unknown, retryAtMs: number) => void;
  readonly hidden: () => boolean;
}

/** Asks again and again. The function it gives asks at once, e.g. when the page is looked at again. */
export function startPolling({ ask, onFailure, hidden }: Polled): () => void {
  let failures = 0;
  let asking = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function once(): Promise<void> {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    const startedMs = Date.now();
    try {
      await ask();
      failures = 0;
    } catch (error) {
      failures += 1;
      onFailure(error, startedMs + pollDelayMs(failures, hidden()));
    }
    asking = false;
    // From start to start, so that a slow answer does not slow the beat.
    const waitMs = pollDelayMs(failures, hidden()) - (Date.now() - startedMs);
    timer = setTimeout(once, Math.max(0, waitMs));
  }

  void once();
  return () => void once();
}
