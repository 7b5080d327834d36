/** Rows to learn from, column by column. */
export interface TrainingData {
  readonly names: readonly string[];
  /** One per name, one number per row; NaN for missing. */
  readonly columns: readonly Float32Array[];
  /** 1 for what is to be found, 0 for the rest. */
  readonly labels: Uint8Array;
}

/** @throws RangeError where columns, names and labels do not fit together, or a class is missing. */
export function checkTrainingData({ names, columns, labels }: TrainingData): void {
  if (columns.length !== names.length) {
    throw new RangeError(
      `Cannot train: each feature needs a column: received ${columns.length} for ${names.length}`,
    );
  }
  const odd = columns.findIndex((column) => column.length !== labels.length);
  if (odd >= 0) {
    throw new RangeError(
      `Cannot train: each row needs a value: ${names[odd]} has ${columns[odd]?.length} of ${labels.length}`,
    );
  }
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === labels.length) {
    throw new RangeError(
      `Cannot train: both classes must be there: received ${positives} of ${labels.length} rows with label 1`,
    );
  }
}
