/** A feature's values as small numbers: 0 for missing, then 1 to `cuts.length + 1`. */
export interface BinnedColumn {
  /** Ascending; bin `b` holds what is at least `cuts[b - 2]` and below `cuts[b - 1]`. */
  readonly cuts: Float32Array;
  readonly bins: Uint8Array;
  readonly hasMissing: boolean;
}

/** Rows looked at to place the cuts; more move them by less than a bin. */
const SAMPLE_ROWS = 100_000;

/**
 * Cuts between bins: where values are few, each has a bin of its own. Else most bins hold about as
 * many rows, and those at both ends ever fewer, because what is rare often lies there.
 */
export function chooseCuts(column: Float32Array, maxBins: number): Float32Array {
  const step = Math.max(1, Math.ceil(column.length / SAMPLE_ROWS));
  const sample = column.filter((value, row) => row % step === 0 && !Number.isNaN(value)).sort();
  const starts = sample.reduce<number[]>((found, value, index) => {
    if (index > 0 && value !== sample[index - 1]) found.push(index);
    return found;
  }, []);
  const chosen =
    starts.length < maxBins ? starts : nextBehind(starts, ranksOf(sample.length, maxBins));
  return Float32Array.from(chosen, (at) => between(sample[at - 1]!, sample[at]!));
}

export function binColumn(column: Float32Array, cuts: Float32Array): BinnedColumn {
  const bins = new Uint8Array(column.length);
  let hasMissing = false;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (Number.isNaN(value)) hasMissing = true;
    else bins[row] = binOf(cuts, value);
  }
  return { cuts, bins, hasMissing };
}

function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < cuts[middle]!) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}

/** The first places where a new value starts, at each rank or behind it. */
function nextBehind(starts: readonly number[], ranks: readonly number[]): readonly number[] {
  const chosen: number[] = [];
  let at = 0;
  for (const rank of ranks) {
    while (at < starts.length && starts[at]! < rank) at++;
    const start = starts[at];
    if (start === undefined) break;
    if (start !== chosen.at(-1)) chosen.push(start);
  }
  return chosen;
}

/** Ranks to cut at, ascending, fewer than `bins`: a quarter of them for both ends. */
function ranksOf(size: number, bins: number): readonly number[] {
  const perEnd = Math.floor(bins / 8);
  const even = bins - 2 * perEnd;
  const width = size / even;
  const ends = Array.from({ length: perEnd }, (_, index) => width ** ((index + 1) / (perEnd + 1)));
  return [
    ...ends,
    ...Array.from({ length: even - 1 }, (_, index) => (index + 1) * width),
    ...ends.toReversed().map((rank) => size - rank),
  ].map(Math.round);
}

/** A 32-bit number above the lower and not above the upper of two neighbours. */
function between(lower: number, upper: number): number {
  const middle = Math.fround(lower / 2 + upper / 2);
  return middle > lower ? middle : upper;
}
