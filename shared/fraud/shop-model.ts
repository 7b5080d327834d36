import { readThresholds } from '../model/decision-thresholds.ts';
import { readXgboostModel } from '../model/tree-ensemble.ts';
import { shopFraud } from './features.ts';
import shipped from './model.json' with { type: 'json' };
import type { ScoringModel } from './score-point.ts';

/**
 * What orders are scored with: the file `shared/fraud/model.json`, which `npm run train -- fraud`
 * writes. While it holds null, the rules alone decide.
 *
 * @param document the parsed file.
 * @throws ModelError for a file that is no such model, or asks for features that nobody computes.
 */
export function shopModel(document: unknown = shipped): ScoringModel | undefined {
  if (document === null) return undefined;
  const names = shopFraud.features.map(({ name }) => name);
  const ensemble = readXgboostModel(document, names);
  return {
    ensemble,
    thresholds: readThresholds(ensemble),
    version: ensemble.attributes['trained_at'] ?? 'undated',
  };
}
