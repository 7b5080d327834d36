import type { GrownNode, GrownTree } from './grow-tree.ts';
import type { TrainedTrees } from './train-trees.ts';

const NO_PARENT = 2_147_483_647;
/** Above every value that is not missing. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** Stands before a float until the text is made; no text of ours has it. */
const FLOAT_MARK = '\ue000';

/**
 * The file that XGBoost itself writes and loads, of version 1.7, which later ones read. Its parser
 * tells floats from integers by how they are written, so `1` as a float is `1.0`.
 * https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 *
 * @returns the text of the file.
 */
export function xgboostModel(
  trained: TrainedTrees,
  attributes: Readonly<Record<string, string>>,
): string {
  const text = JSON.stringify(modelObject(trained, attributes));
  return text.replaceAll(new RegExp(`"${FLOAT_MARK}([^"]+)"`, 'g'), '$1');
}

function modelObject(trained: TrainedTrees, attributes: Readonly<Record<string, string>>): object {
  const { names, trees, baseScore, parameters } = trained;
  const numFeature = String(names.length);
  return {
    learner: {
      attributes,
      feature_names: names,
      feature_types: names.map(() => 'float'),
      gradient_booster: {
        model: {
          gbtree_model_param: {
            num_parallel_tree: '1',
            num_trees: String(trees.length),
            size_leaf_vector: '0',
          },
          tree_info: trees.map(() => 0),
          trees: trees.map((tree, id) => treeObject(tree, id, trained)),
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: String(baseScore),
        boost_from_average: '1',
        num_class: '0',
        num_feature: numFeature,
        num_target: '1',
      },
      objective: {
        name: 'binary:logistic',
        reg_loss_param: { scale_pos_weight: String(parameters.scalePosWeight) },
      },
    },
    version: [1, 7, 4],
  };
}

function treeObject(tree: GrownTree, id: number, { cuts, names }: TrainedTrees): object {
  const integers = (value: (node: GrownNode) => number): readonly number[] => tree.map(value);
  const floats = (value: (node: GrownNode) => number): readonly string[] =>
    tree.map((node) => floatText(value(node)));
  const conditionOf = ({ split, weight }: GrownNode): number => {
    if (split === undefined) return shortest(weight);
    return shortest(cuts[split.feature]![split.bin - 1] ?? FLOAT32_MAX);
  };
  return {
    base_weights: floats(({ weight }) => Number(weight.toPrecision(4))),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: integers(({ split }) => Number(split?.missingLeft ?? false)),
    id,
    left_children: integers(({ split }) => split?.leftNode ?? -1),
    loss_changes: floats(({ split }) => Number((split?.gain ?? 0).toPrecision(4))),
    parents: integers(({ parent }) => (parent < 0 ? NO_PARENT : parent)),
    right_children: integers(({ split }) => split?.rightNode ?? -1),
    split_conditions: floats(conditionOf),
    split_indices: integers(({ split }) => split?.feature ?? 0),
    split_type: integers(() => 0),
    sum_hessian: floats(({ sums }) => Number(sums.hessian.toPrecision(6))),
    tree_param: {
      num_deleted: '0',
      num_feature: String(names.length),
      num_nodes: String(tree.length),
      size_leaf_vector: '0',
    },
  };
}

function floatText(value: number): string {
  const text = String(value);
  return `${FLOAT_MARK}${/^-?\d+$/.test(text) ? `${text}.0` : text}`;
}

/** The fewest digits that are the same 32-bit number. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const written = Number(value.toPrecision(digits));
    if (Math.fround(written) === value) return written;
  }
  return Number(value.toPrecision(9));
}
