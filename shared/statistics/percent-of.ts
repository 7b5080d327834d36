/** A share in percent, rounded to a tenth. Null where a percentage says nothing: of nothing. */
export function percentOf(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.round((part / whole) * 1000) / 10;
}
