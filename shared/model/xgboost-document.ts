import { z } from 'zod';

/** Numbers that XGBoost writes as text. */
const integerText = z.string().regex(/^\d{1,9}$/);
const values = z.array(z.number()).max(65_535);
const indices = z.array(z.number().int()).max(65_535);

const treeSchema = z.object({
  left_children: indices,
  right_children: indices,
  split_indices: indices,
  split_conditions: values,
  /** 0 and 1, in files of older versions booleans. */
  default_left: z.array(z.union([z.number().int().min(0).max(1), z.boolean()])).max(65_535),
  sum_hessian: values,
  split_type: indices.optional(),
  categories_nodes: indices.optional(),
  tree_param: z.object({ size_leaf_vector: integerText.optional() }).optional(),
});

/** The `learner.gradient_booster.model` of a `gbtree`. */
export const gbtreeModelSchema = z.object({
  gbtree_model_param: z.object({ size_leaf_vector: integerText.optional() }).optional(),
  tree_info: z.array(z.number().int()).max(2_000),
  trees: z.array(treeSchema).max(2_000),
});

/**
 * What is read of XGBoost's model file, JSON form, versions 1.3 to 3.
 * https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
export const xgboostDocumentSchema = z.object({
  learner: z.object({
    attributes: z.record(z.string(), z.string()).default({}),
    feature_names: z.array(z.string().min(1)).max(2_000).default([]),
    feature_types: z.array(z.string()).max(2_000).default([]),
    gradient_booster: z.object({ name: z.string(), model: z.unknown() }),
    objective: z.object({ name: z.string() }),
    learner_model_param: z.object({
      /** `5E-1`; since 3.1 `[5E-1]`. */
      base_score: z.union([z.string(), z.number(), z.array(z.number())]),
      num_class: integerText.default('0'),
      num_target: integerText.default('1'),
      num_feature: integerText,
    }),
  }),
});

export type XgboostTree = z.infer<typeof treeSchema>;
