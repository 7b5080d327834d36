/** An instant as options take it, `2026-03-01T12:00:00Z` or a day: epoch milliseconds, else undefined. */
export function instantOption(text: string): number | undefined {
  const atMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
