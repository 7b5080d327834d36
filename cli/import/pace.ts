export interface Pace {
  /** How much faster than in the file time runs. */
  readonly speed: number;
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  readonly signal: AbortSignal;
}

/** Events whose time has come, and when each of them is taken to happen. */
export interface Due<Event> {
  readonly events: readonly Event[];
  /** A time of the file as a time of now: not after now, and hardly ever long before. */
  readonly shifted: (atMs: number) => number;
}

/** So much is waited for at least, so that a lively file comes in bundles. */
const bundleMs = 100;
/** What a timer can hold, and some. */
const sleepMaxMs = 3_600_000;
/** Whoever falls behind further than this tells of now: the jobs do not wait for old times. */
const behindMaxMs = 2_000;

/**
 * Lets events happen again, the first of them now, the others as far behind it as in the file,
 * divided by the speed. Ends early when the signal says so.
 */
export async function* atPace<Event>(
  events: readonly Event[],
  atMs: (event: Event) => number,
  { speed, now, sleep, signal }: Pace,
): AsyncGenerator<Due<Event>> {
  const sorted = events.toSorted((a, b) => atMs(a) - atMs(b));
  const [first] = sorted;
  if (first === undefined) return;
  const startMs = now();
  const dueMs = (time: number): number => startMs + (time - atMs(first)) / speed;
  for (let next = 0; next < sorted.length; ) {
    const event = sorted[next];
    if (event === undefined || signal.aborted) return;
    const waitMs = dueMs(atMs(event)) - now();
    if (waitMs > 0) {
      await sleep(Math.min(sleepMaxMs, Math.max(bundleMs, waitMs)));
      continue;
    }
    const nowMs = now();
    let end = next + 1;
    while (end < sorted.length && dueMs(atMs(sorted[end] ?? event)) <= nowMs) end += 1;
    const shifted = (time: number): number =>
      Math.floor(Math.min(nowMs, Math.max(dueMs(time), nowMs - behindMaxMs)));
    yield { events: sorted.slice(next, end), shifted };
    next = end;
  }
}
