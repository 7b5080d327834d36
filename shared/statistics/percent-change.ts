/**
 * Change from one figure to the next in percent, rounded to a tenth. Null where a percentage says
 * nothing: without a previous figure, or when that was zero or less.
 */
export function percentChange(
  current: number | null | undefined,
  previous: number | null | undefined,
): number | null {
  if (current == null || previous == null || previous <= 0) return null;
  const tenths = Math.round(((current - previous) / previous) * 1000);
  return tenths === 0 ? 0 : tenths / 10;
}
