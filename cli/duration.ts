const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration as people write it: `90s`, `25m`, `1.5h`, `7d`; a bare number is in minutes.
 *
 * @returns milliseconds.
 */
export function parseDurationMs(text: string): number {
  const [, number, unit = 'm'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  const durationMs = Number(number) * (unitMs[unit] ?? Number.NaN);
  if (!Number.isFinite(durationMs) || durationMs <= 0) {
    throw new RangeError(
      `Cannot read duration: write it like 90s, 25m, 1h or 7d: received ${JSON.stringify(text)}`,
    );
  }
  return durationMs;
}
