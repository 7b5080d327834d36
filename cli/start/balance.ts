/** How what came out compares with what went in. */
export interface Balance {
  /** At the source, missing in the output. */
  readonly lost: number;
  /** More than once in the output, or never at the source. */
  readonly doubled: number;
}
