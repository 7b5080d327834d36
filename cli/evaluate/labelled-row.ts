import type { FeatureVector } from '../../shared/features/feature.ts';
import type { TrainingData } from '../train/training-data.ts';

/** What was known of a transaction when it was to be decided, and what came of it. */
export interface LabelledRow {
  readonly id: string;
  readonly atMs: number;
  readonly vector: FeatureVector;
  readonly fraud: boolean;
  /** What kind of fraud it is, where somebody knows. */
  readonly pattern: string | undefined;
  /** Whose card, or account, it was; of nobody known: one of its own. */
  readonly card: string;
}

/** Rows as columns, in the order of the names; what is unknown is NaN. */
export function columnsOfRows(
  names: readonly string[],
  rows: readonly LabelledRow[],
): TrainingData {
  return {
    names,
    columns: names.map((name) =>
      Float32Array.from(rows, ({ vector }) => vector[name] ?? Number.NaN),
    ),
    labels: labelsOf(rows),
  };
}

/** 1 for fraud, 0 else. */
export function labelsOf(rows: readonly LabelledRow[]): Uint8Array {
  return Uint8Array.from(rows, ({ fraud }) => Number(fraud));
}
