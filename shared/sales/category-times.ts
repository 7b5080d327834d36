const hourMs = 3_600_000;
/** 1 January 1970 was a Thursday: hours of the week before it. */
const hoursBeforeEpoch = 72;
const hoursOfWeek = 168;

/**
 * A category in the quarter of the year of a moment, `<category>|<year>-Q<quarter>`, UTC: prices of
 * one season are compared with each other.
 */
export function seasonOf(categoryId: string, atMs: number): string {
  const at = new Date(atMs);
  return `${categoryId}|${at.getUTCFullYear()}-Q${Math.floor(at.getUTCMonth() / 3) + 1}`;
}

/** A category in the hour of the week of a moment, `<category>|<hour>`: 0 is Monday from 0:00 UTC on. */
export function hourOf(categoryId: string, atMs: number): string {
  return `${categoryId}|${(Math.floor(atMs / hourMs) + hoursBeforeEpoch) % hoursOfWeek}`;
}
