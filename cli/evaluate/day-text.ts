/** The day of an instant (UTC), like 2018-07-25. */
export function dayText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
