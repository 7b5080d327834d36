/** Windows of equal length, side by side: [start, start + sizeMs). Each is one pane. */
export interface TumblingWindow {
  readonly kind: 'tumbling';
  readonly sizeMs: number;
}

/**
 * Tumbling windows of `sizeMs` milliseconds, aligned to the epoch.
 *
 * @throws RangeError unless `sizeMs` is a positive integer.
 */
export function tumbling(sizeMs: number): TumblingWindow {
  if (!Number.isSafeInteger(sizeMs) || sizeMs <= 0) {
    throw new RangeError(
      `Cannot make a window: sizeMs must be a positive integer: received ${sizeMs}`,
    );
  }
  return { kind: 'tumbling', sizeMs };
}

/** Start of the window or pane of length `sizeMs` that holds `timeMs`; right for negative times too. */
export function startOf(timeMs: number, sizeMs: number): number {
  return Math.floor(timeMs / sizeMs) * sizeMs;
}
