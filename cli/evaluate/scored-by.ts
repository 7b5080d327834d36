import type { TreeEnsemble } from '../../shared/model/tree-ensemble.ts';
import type { LogisticRegression } from '../train/logistic-regression.ts';
import { columnsOfRows, type LabelledRow } from './labelled-row.ts';
import type { Scored } from './report/figures-of.ts';
import type { EvaluationReport } from './report/report.ts';

/** What a model makes of rows. */
export function scoredByTrees(
  ensemble: TreeEnsemble,
  threshold: number,
  rows: readonly LabelledRow[],
): Scored {
  const scores = Float64Array.from(rows, ({ vector }) => ensemble.score(vector));
  return { name: 'gradient-boosted trees', scores, threshold, isProbability: true };
}

export function scoredByRegression(
  { score }: LogisticRegression,
  threshold: number,
  names: readonly string[],
  rows: readonly LabelledRow[],
): Scored {
  const scores = score(columnsOfRows(names, rows).columns);
  return { name: 'logistic regression', scores, threshold, isProbability: true };
}

const explainedMax = 1_000;
const shownMax = 10;

/** What moves the scores most: the mean contribution of each feature, over evenly spread rows. */
export function importanceOf(
  { featureNames, contributions }: TreeEnsemble,
  rows: readonly LabelledRow[],
): EvaluationReport['importance'] {
  const step = Math.max(1, Math.ceil(rows.length / explainedMax));
  const totals = new Map(featureNames.map((name) => [name, 0]));
  for (let row = 0; row < rows.length; row += step) {
    for (const [name, value] of contributions(rows[row]?.vector ?? {})) {
      totals.set(name, (totals.get(name) ?? 0) + Math.abs(value));
    }
  }
  const all = [...totals.values()].reduce((sum, value) => sum + value, 0);
  return [...totals]
    .sort(([, one], [, other]) => other - one)
    .slice(0, shownMax)
    .map(([feature, value]) => ({ feature, share: all === 0 ? 0 : value / all }));
}
