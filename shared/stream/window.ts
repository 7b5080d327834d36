/**
 * Windows of one length that start at regular times: [start, start + sizeMs). State is kept in
 * panes, which divide both the length and the distance of the starts; a window is a sum of panes.
 */
export interface PanedWindow {
  readonly kind: 'tumbling' | 'sliding';
  readonly sizeMs: number;
  /** Distance from one start to the next. */
  readonly slideMs: number;
  /** Starts lie at `offsetMs` plus multiples of `slideMs` from the epoch. */
  readonly offsetMs: number;
  readonly paneMs: number;
  /** How far before its start a window sees what came before it; 0: not at all. */
  readonly lookbackMs: number;
}

/** Windows per key that end after a silence of `gapMs`: [first event, last event + gapMs). */
export interface SessionWindow {
  readonly kind: 'session';
  readonly gapMs: number;
}

/** A window as results name it: `startMs` is in it, `endMs` is not. */
export interface WindowBounds {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Windows of `sizeMs` milliseconds side by side, aligned to the epoch or `offsetMs` beside it (days
 * of another time zone).
 *
 * @throws RangeError unless `sizeMs` is a positive integer and `offsetMs` an integer.
 */
export function tumbling(sizeMs: number, offsetMs = 0): PanedWindow {
  requirePositive('sizeMs', sizeMs);
  requireInteger('offsetMs', offsetMs);
  return { kind: 'tumbling', sizeMs, slideMs: sizeMs, offsetMs, paneMs: sizeMs, lookbackMs: 0 };
}

/**
 * Windows of `sizeMs` milliseconds, one starting every `slideMs`.
 *
 * @throws RangeError unless both are positive integers, `slideMs` the smaller, `offsetMs` an integer.
 */
export function sliding(sizeMs: number, slideMs: number, offsetMs = 0): PanedWindow {
  requirePositive('sizeMs', sizeMs);
  requirePositive('slideMs', slideMs);
  requireInteger('offsetMs', offsetMs);
  if (slideMs > sizeMs) {
    throw new RangeError(
      `Cannot make a window: between windows of ${sizeMs} ms every ${slideMs} ms events would be lost`,
    );
  }
  const paneMs = greatestCommonDivisor(sizeMs, slideMs);
  return { kind: 'sliding', sizeMs, slideMs, offsetMs, paneMs, lookbackMs: 0 };
}

/**
 * The same windows, each of which also sees the totals of the `lookbackMs` milliseconds before it:
 * `withLookback(sliding(60_000, 30_000), 60_000)` compares a minute with the one before.
 *
 * @throws RangeError unless `lookbackMs` is a positive multiple of the distance of the starts.
 */
export function withLookback(window: PanedWindow, lookbackMs: number): PanedWindow {
  requirePositive('lookbackMs', lookbackMs);
  if (lookbackMs % window.slideMs !== 0) {
    throw new RangeError(
      `Cannot make a window: lookbackMs must be a multiple of ${window.slideMs} ms, the distance of the starts: received ${lookbackMs}`,
    );
  }
  return { ...window, lookbackMs };
}

/**
 * Sessions per key: events less than `gapMs` milliseconds apart belong together.
 *
 * @throws RangeError unless `gapMs` is a positive integer.
 */
export function session(gapMs: number): SessionWindow {
  requirePositive('gapMs', gapMs);
  return { kind: 'session', gapMs };
}

/** Start of the stretch of length `sizeMs` that holds `timeMs`; right for negative times too. */
export function startOf(timeMs: number, sizeMs: number, offsetMs = 0): number {
  return Math.floor((timeMs - offsetMs) / sizeMs) * sizeMs + offsetMs;
}

/** End of the first window that holds the pane. */
export function firstEndOf({ sizeMs, slideMs, offsetMs }: PanedWindow, pane: number): number {
  // The last window that ends at or before the pane does not hold it; the next one does.
  return startOf(pane - sizeMs, slideMs, offsetMs) + slideMs + sizeMs;
}

/** End of the last window that holds the pane: until then it takes events. */
export function lastEndOf({ sizeMs, slideMs, offsetMs }: PanedWindow, pane: number): number {
  return startOf(pane, slideMs, offsetMs) + sizeMs;
}

/** End of the last window that holds the pane or looks back at it: until then it is needed. */
export function lastUseOf(window: PanedWindow, pane: number): number {
  return lastEndOf(window, pane) + window.lookbackMs;
}

/** Starts of the panes that the window with this end looks back at and of its own, in order. */
export function panesSeen({ sizeMs, lookbackMs, paneMs }: PanedWindow, endMs: number): number[] {
  return startsBetween(endMs - sizeMs - lookbackMs, endMs, paneMs);
}

/** Starts of the panes that the window with this end looks back at, in order. */
export function panesBefore(window: PanedWindow, endMs: number): number[] {
  const startMs = endMs - window.sizeMs;
  return startsBetween(startMs - window.lookbackMs, startMs, window.paneMs);
}

function startsBetween(startMs: number, endMs: number, paneMs: number): number[] {
  return Array.from({ length: (endMs - startMs) / paneMs }, (_, index) => startMs + index * paneMs);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function requirePositive(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new RangeError(
    `Cannot make a window: ${name} must be a positive integer: received ${value}`,
  );
}

function requireInteger(name: string, value: number): void {
  if (Number.isSafeInteger(value)) return;
  throw new RangeError(`Cannot make a window: ${name} must be an integer: received ${value}`);
}
