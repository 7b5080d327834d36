const minuteMs = 60_000;

/** A length of time in a sentence: `60 s`, `10 min`. */
export function stretchWords(durationMs: number): string {
  const inMinutes = durationMs >= 2 * minuteMs && durationMs % minuteMs === 0;
  return inMinutes ? `${durationMs / minuteMs} min` : `${durationMs / 1_000} s`;
}
