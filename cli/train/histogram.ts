import type { BinnedColumn } from './bin-columns.ts';

/** Sums of first and second derivatives per bin, features one after the other, in pairs. */
export type Histogram = Float64Array;

/** Makes histograms of nodes, and uses those again that were given back. */
export interface Histograms {
  /** Where the bins of a feature begin; bin 0 is that of the missing. */
  readonly offsets: Int32Array;
  /** @param rows those at the node, @param derivatives theirs, in pairs, in the same order. */
  of(rows: Int32Array, derivatives: Float64Array, features: readonly number[]): Histogram;
  /** What is left of a parent when one child is taken away, in the parent's place. */
  rest(parent: Histogram, child: Histogram): Histogram;
  giveBack(histogram: Histogram): void;
}

export function histograms(columns: readonly BinnedColumn[]): Histograms {
  const offsets = new Int32Array(columns.length + 1);
  columns.forEach(({ cuts }, index) => {
    offsets[index + 1] = offsets[index]! + 2 * (cuts.length + 2);
  });
  const size = offsets[columns.length]!;
  const free: Histogram[] = [];
  return {
    offsets,
    of(rows, derivatives, features) {
      const histogram = free.pop()?.fill(0) ?? new Float64Array(size);
      for (const feature of features) {
        addColumn(histogram, offsets[feature]!, columns[feature]!.bins, rows, derivatives);
      }
      return histogram;
    },
    rest(parent, child) {
      for (let at = 0; at < size; at++) parent[at] = parent[at]! - child[at]!;
      return parent;
    },
    giveBack(histogram) {
      free.push(histogram);
    },
  };
}

function addColumn(
  histogram: Histogram,
  offset: number,
  bins: Uint8Array,
  rows: Int32Array,
  derivatives: Float64Array,
): void {
  for (let index = 0; index < rows.length; index++) {
    const at = offset + 2 * bins[rows[index]!]!;
    histogram[at] = histogram[at]! + derivatives[2 * index]!;
    histogram[at + 1] = histogram[at + 1]! + derivatives[2 * index + 1]!;
  }
}
