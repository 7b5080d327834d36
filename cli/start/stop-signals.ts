/** One press of Ctrl-C comes twice where npm runs this: from the terminal and handed on. */
const samePressMs = 500;

/** How a run is asked to end. */
export interface StopSignals {
  /** No more shopping: what there is is drained and summed up. */
  readonly finish: AbortSignal;
  /** Everything ends at once. */
  readonly stop: AbortSignal;
}

/** What somebody asked for: the first time, where a run sums up, that it does so now; else the end. */
export function stopSignals({ sumsUp }: { readonly sumsUp: boolean }): StopSignals {
  const finishing = new AbortController();
  const stopping = new AbortController();
  let askedAtMs: number | undefined;
  function ask(): void {
    const nowMs = performance.now();
    if (askedAtMs !== undefined && nowMs - askedAtMs < samePressMs) return;
    if (!sumsUp || askedAtMs !== undefined) stopping.abort();
    askedAtMs = nowMs;
    finishing.abort();
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  // Started by cli/run.mjs, which has gone without a signal.
  process.on('disconnect', () => stopping.abort());
  process.channel?.unref();
  return { finish: AbortSignal.any([finishing.signal, stopping.signal]), stop: stopping.signal };
}
