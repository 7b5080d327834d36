/** Wakes who waits for something to happen, and remembers rings nobody waited for. */
export interface Bell {
  ring(): void;
  /** How often it rang; read it before looking for work, so no ring is lost. */
  rings(): number;
  /** Returns at the next ring after `seen`, after `ms`, or when the signal aborts. */
  wait(seen: number, ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  const sleepers = new Set<() => void>();
  let count = 0;

  function ring(): void {
    count += 1;
    for (const wake of [...sleepers]) wake();
  }

  function wait(seen: number, ms: number, signal: AbortSignal): Promise<void> {
    if (count !== seen || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake, { once: true });
      sleepers.add(wake);
      function wake(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        sleepers.delete(wake);
        resolve();
      }
    });
  }

  return { ring, rings: () => count, wait };
}
