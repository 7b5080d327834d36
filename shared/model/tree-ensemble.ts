import type { z } from 'zod';
import { type DecisionTree, leafValue } from './decision-tree.ts';
import { leafPaths } from './leaf-paths.ts';
import { ModelError } from './model-error.ts';
import { nearestNames } from './nearest-names.ts';
import { readTree } from './read-tree.ts';
import { expectedValue, shapleyValues } from './shapley-values.ts';
import { gbtreeModelSchema, xgboostDocumentSchema } from './xgboost-document.ts';

/** Values by the names of features; null and absent are missing. */
type Vector = Readonly<Record<string, number | null | undefined>>;

/** Gradient-boosted trees that tell how likely something is, and why. */
export interface TreeEnsemble {
  readonly featureNames: readonly string[];
  /** What is written beside the trees: thresholds, when and on what they were trained. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly treeCount: number;
  /** The margin over the training rows on average: what contributions start from. */
  readonly expectedMargin: number;
  /** The log-odds. */
  margin(vector: Vector): number;
  /** The probability, from 0 to 1. */
  score(vector: Vector): number;
  /** What each feature adds to the log-odds; with `expectedMargin` it adds up to the margin. */
  contributions(vector: Vector): ReadonlyMap<string, number>;
}

const FLOAT32_MAX = 3.4028234663852886e38;
const objectives = new Set(['binary:logistic', 'reg:logistic']);

/**
 * Reads XGBoost's model file (JSON form) of a binary classifier made of trees. All its trees count,
 * as in `Booster.predict`; values are compared as XGBoost does, as 32-bit numbers.
 *
 * @param json the parsed file.
 * @param knownFeatures the names a vector will have; a model that asks for another is refused.
 * @throws ModelError for what is not such a file, or is a kind that is not read: `dart`,
 *   `gblinear`, splits by categories, several classes or targets, other objectives.
 */
export function readXgboostModel(json: unknown, knownFeatures?: readonly string[]): TreeEnsemble {
  const { learner } = parsed(xgboostDocumentSchema, json);
  const { objective, learner_model_param: param, gradient_booster: booster } = learner;
  if (booster.name !== 'gbtree') refuse('its booster must be gbtree', booster.name);
  if (!objectives.has(objective.name)) {
    refuse(`its objective must be one of ${[...objectives].join(', ')}`, objective.name);
  }
  if (Number(param.num_class) > 1) refuse('it tells several classes', param.num_class);
  if (Number(param.num_target) > 1) refuse('it has several targets', param.num_target);
  if (learner.feature_types.includes('c')) {
    refuse('it splits by categories, which are not read; encode them as numbers', 'type c');
  }
  const names = learner.feature_names;
  if (names.length === 0) {
    refuse('it has no feature_names; train it from a table with named columns', 'none');
  }
  if (names.length !== Number(param.num_feature)) {
    refuse(`it must name ${param.num_feature} features`, String(names.length));
  }
  if (new Set(names).size < names.length) refuse('two features have one name', names.join(', '));
  if (knownFeatures !== undefined) checkNames(names, knownFeatures);

  const model = parsed(gbtreeModelSchema, booster.model);
  if (model.tree_info.some((group) => group !== 0)) {
    refuse('its trees tell several classes', model.tree_info.join(', '));
  }
  const trees = model.trees.map((tree, index) => readTree(tree, index, names.length));
  return ensembleOf(names, learner.attributes, trees, baseMargin(param.base_score));
}

function ensembleOf(
  featureNames: readonly string[],
  attributes: Readonly<Record<string, string>>,
  trees: readonly DecisionTree[],
  base: number,
): TreeEnsemble {
  const values = new Float32Array(featureNames.length);
  const paths = leafPaths(trees);
  function fill(vector: Vector): Float32Array {
    for (let index = 0; index < featureNames.length; index++) {
      const value = vector[featureNames[index]!] ?? Number.NaN;
      values[index] = Math.max(-FLOAT32_MAX, Math.min(FLOAT32_MAX, value));
    }
    return values;
  }
  function margin(vector: Vector): number {
    const filled = fill(vector);
    return trees.reduce((sum, tree) => sum + leafValue(tree, filled), base);
  }
  return {
    featureNames,
    attributes,
    treeCount: trees.length,
    expectedMargin: base + expectedValue(paths),
    margin,
    score: (vector) => 1 / (1 + Math.exp(-margin(vector))),
    contributions(vector) {
      const shares = shapleyValues(paths, fill(vector), featureNames.length);
      return new Map(featureNames.map((name, index) => [name, shares[index]!]));
    },
  };
}

/** XGBoost tells the base as a probability, in several spellings. */
function baseMargin(written: string | number | readonly number[]): number {
  const text = typeof written === 'string' ? written.replace(/^\[(.*)\]$/, '$1') : String(written);
  const probability = Number(text);
  if (!(probability > 0 && probability < 1)) {
    refuse('its base_score must be one probability between 0 and 1', String(written));
  }
  return Math.log(probability / (1 - probability));
}

function checkNames(names: readonly string[], known: readonly string[]): void {
  const knownNames = new Set(known);
  const unknown = names.find((name) => !knownNames.has(name));
  if (unknown === undefined) return;
  const nearest = nearestNames(unknown, known, 3);
  const hint = nearest.length === 0 ? '' : `, perhaps ${nearest.join(' or ')}`;
  refuse(`it asks for a feature that nobody computes${hint}`, unknown);
}

function parsed<Output>(schema: z.ZodType<Output>, json: unknown): Output {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') || 'the document';
  throw new ModelError(
    `Cannot read model: ${path}: ${issue?.message ?? 'it is no model of XGBoost'}`,
  );
}

function refuse(what: string, received: string): never {
  throw new ModelError(`Cannot read model: ${what}: received ${received.slice(0, 200)}`);
}
