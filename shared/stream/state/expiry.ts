import type { Job, WindowedJob } from '../job.ts';

/** The retention of a stream is seven days; a watermark that is held may need what it wrote for as long. */
const retentionMs = 9 * 24 * 3_600_000;

/** When an item written now may be removed, epoch seconds, as DynamoDB's time to live takes it. */
export function expiryOf(nowMs: number): number {
  return Math.floor((nowMs + retentionMs) / 1000);
}

/**
 * When the result of a window that is written now may be removed; empty: never. Not while the window
 * may be told anew: its next revision follows from what the table says of the one before.
 */
export function resultExpiry<Event>(
  job: WindowedJob<Event>,
  nowMs: number,
): { readonly expiresAt?: number } {
  if (job.resultsKeptMs === undefined) return {};
  const keptSeconds = Math.floor((nowMs + job.resultsKeptMs) / 1000);
  return { expiresAt: Math.max(keptSeconds, expiryOf(nowMs + windowSpanMs(job))) };
}

/** How long after an event has come its window can still be open, beside what holds the watermark. */
export function windowSpanMs<Event>(job: Job<Event>): number {
  const windowMs =
    job.kind === 'windowed'
      ? job.window.sizeMs + job.window.lookbackMs
      : job.kind === 'session'
        ? job.window.gapMs
        : 0;
  return windowMs + job.allowedLatenessMs + job.maxFutureMs;
}
