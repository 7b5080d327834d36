import { ModelError } from './model-error.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';

/** From which score on an order is reviewed, and from which it is blocked: null for never. */
export interface DecisionThresholds {
  readonly review: number | null;
  readonly block: number | null;
}

/**
 * The thresholds that a model brings along in its attributes `review_threshold` and
 * `block_threshold`, chosen when it was trained; one without them scores and decides nothing. A model
 * of one's own gets them by
 * `booster.set_attr(review_threshold='0.3', block_threshold='0.9')`.
 *
 * @throws ModelError where one is no probability, or block comes first.
 */
export function readThresholds({
  attributes,
}: Pick<TreeEnsemble, 'attributes'>): DecisionThresholds {
  const review = probability('review_threshold', attributes['review_threshold'] ?? '');
  const block = probability('block_threshold', attributes['block_threshold'] ?? '');
  if (block !== null && review !== null && block < review) {
    throw new ModelError(
      `Cannot read model: block_threshold must not be below review_threshold: received ${block} and ${review}`,
    );
  }
  return { review, block };
}

function probability(name: string, written: string): number | null {
  if (written === '') return null;
  const value = Number(written);
  if (value >= 0 && value <= 1) return value;
  throw new ModelError(
    `Cannot read model: its attribute ${name} must be a number from 0 to 1: received "${written}"`,
  );
}
