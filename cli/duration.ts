const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * A duration as people write it: `90s`, `25m`, `1.5h`; a bare number is in minutes.
 *
 * @returns milliseconds.
 */
export function parseDurationMs(text: string): number {
  const [, number, unit = 'm'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const durationMs = Number(number) * (unitMs[unit] ?? Number.NaN);
  if (!Number.isFinite(durationMs) || durationMs <= 0) {
    throw new RangeError(
      `Cannot read duration: write it like 90s, 25m or 1h: received ${JSON.stringify(text)}`,
    );
  }
  return durationMs;
}
