/** How what came out compares with what went in. */
export interface Balance {
  /** At the source, missing in the output. */
  readonly lost: number;
  /** More than once in the output, or never at the source. */
  readonly doubled: number;
}

/** @param differences between output and source: below zero where the output has less. */
export function balanceOf(differences: readonly number[]): Balance {
  return {
    lost: differences.reduce((sum, difference) => sum + Math.max(0, -difference), 0),
    doubled: differences.reduce((sum, difference) => sum + Math.max(0, difference), 0),
  };
}
