import type { FraudCase } from '../events/fraud-case.ts';
import type { Feature, FeatureVector } from '../features/feature.ts';
import type { DecisionThresholds } from '../model/decision-thresholds.ts';
import type { TreeEnsemble } from '../model/tree-ensemble.ts';
import type { Decision } from './decision.ts';

/** A model with its thresholds, as orders are scored by it. */
export interface ScoringModel {
  readonly ensemble: Pick<TreeEnsemble, 'score' | 'contributions'>;
  readonly thresholds: DecisionThresholds;
  /** Told with each score, so that it can be said later which model it was. */
  readonly version: string;
}

/** What the model says of a point. */
export interface Scored {
  readonly score: number;
  readonly version: string;
  readonly decision: Decision;
  /** The features that weigh most, the heaviest first. */
  readonly reasons: FraudCase['reasons'];
}

const reasonsMax = 8;

/** Scores a point: the probability of fraud, what follows from it, and why. */
export function scorePoint(
  { ensemble, thresholds, version }: ScoringModel,
  vector: FeatureVector,
  meanings: ReadonlyMap<string, Feature>,
): Scored {
  const score = ensemble.score(vector);
  const { review, block } = thresholds;
  const isBlocked = block !== null && score >= block;
  const reasons = [...ensemble.contributions(vector)]
    .filter(([, contribution]) => contribution !== 0)
    .sort(([a, one], [b, other]) => Math.abs(other) - Math.abs(one) || (a < b ? -1 : 1))
    .slice(0, reasonsMax)
    .map(([feature, contribution]) => ({
      feature,
      meaning: meanings.get(feature)?.meaning ?? feature,
      value: vector[feature] ?? null,
      contribution,
    }));
  return {
    score,
    version,
    decision: isBlocked ? 'block' : review !== null && score >= review ? 'review' : 'allow',
    reasons,
  };
}
