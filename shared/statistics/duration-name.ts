const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/**
 * A length of time as people and names of jobs write it, in the largest unit that fits: `1m`, `90s`,
 * `1h`, `1d`.
 *
 * @param durationMs a positive integer.
 */
export function durationName(durationMs: number): string {
  const [unit, unitMs] = units.find(([, ms]) => durationMs % ms === 0) ?? ['ms', 1];
  return `${durationMs / unitMs}${unit}`;
}
