import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ModelError } from '../../../shared/model/model-error.ts';
import { readXgboostModel } from '../../../shared/model/tree-ensemble.ts';

const predictionsSchema = z.object({
  names: z.array(z.string()),
  rows: z.array(z.array(z.number().nullable())),
  scores: z.array(z.number()),
  margins: z.array(z.number()),
  contributions: z.array(z.array(z.number())),
});
/** Written by XGBoost 1.7.4, and what it answers itself to 40 rows. */
const written = readJson('model.json');
const predicted = predictionsSchema.parse(readJson('predictions.json'));
const vectors = predicted.rows.map((row) =>
  Object.fromEntries(predicted.names.map((name, index) => [name, row[index]])),
);

describe('readXgboostModel()', () => {
  const model = readXgboostModel(written);

  test('scores as XGBoost does', () => {
    vectors.forEach((vector, index) => {
      expect(model.margin(vector)).toBeCloseTo(predicted.margins[index]!, 5);
      expect(model.score(vector)).toBeCloseTo(predicted.scores[index]!, 6);
    });
  });

  test('tells the contributions that XGBoost tells', () => {
    vectors.forEach((vector, index) => {
      const shares = predicted.contributions[index]!;
      const found = model.contributions(vector);
      predicted.names.forEach((name, feature) => {
        expect(found.get(name)).toBeCloseTo(shares[feature]!, 5);
      });
      expect(model.expectedMargin).toBeCloseTo(shares.at(-1)!, 5);
    });
  });

  test('takes null, an absent name and NaN alike', () => {
    const known = { amount_cents: 9_000, hour: 3 };
    const scores = [known, { ...known, orders_1h: null }, { ...known, orders_1h: Number.NaN }];
    expect(new Set(scores.map((vector) => model.score(vector))).size).toBe(1);
  });

  test('keeps contributions exact for values beyond all thresholds', () => {
    for (const value of [Number.POSITIVE_INFINITY, 1e300, -1e300, Number.NEGATIVE_INFINITY]) {
      const vector = { amount_cents: value, orders_1h: value };
      const sum = [...model.contributions(vector).values()].reduce((a, b) => a + b, 0);
      expect(model.expectedMargin + sum).toBeCloseTo(model.margin(vector), 9);
    }
  });

  test('compares as 32-bit numbers', () => {
    const one = readXgboostModel(stump(0.1));
    expect(one.margin({ a: 0.1 })).toBe(2);
    expect(one.margin({ a: 0.09999999 })).toBe(-1);
  });

  test('brings the attributes along', () => {
    expect(model.attributes).toEqual({ review_threshold: '0.3', block_threshold: '0.9' });
  });

  test.each(['5E-1', '0.5', '[5E-1]', '[0.5]', 0.5, [0.5]])('reads the base score %j', (base) => {
    expect(readXgboostModel(stump(1, { base_score: base })).margin({ a: 0 })).toBe(-1);
  });

  test.each([
    ['[2E-1,3E-1]', { base_score: '[2E-1,3E-1]' }],
    ['"1"', { base_score: '1' }],
    ['no number', { base_score: 'half' }],
    ['several classes', { num_class: '3' }],
    ['several targets', { num_target: '2' }],
    ['more features than names', { num_feature: '2' }],
  ])('refuses a model with %s', (_, param) => {
    expect(() => readXgboostModel(stump(1, param))).toThrow(ModelError);
  });

  test.each([
    ['dart', { gradient_booster: { name: 'dart', model: {} } }, 'booster must be gbtree'],
    ['another objective', { objective: { name: 'multi:softprob' } }, 'received multi:softprob'],
    ['no names', { feature_names: [] }, 'feature_names'],
    ['categories', { feature_types: ['c'] }, 'categories'],
  ])('refuses %s', (_, learner, message) => {
    const { learner: sound } = stump(1);
    expect(() => readXgboostModel({ learner: { ...sound, ...learner } })).toThrow(message);
  });

  test.each([
    ['a node with two parents', { left_children: [1, -1, -1], right_children: [1, -1, -1] }],
    ['a child outside', { left_children: [7, -1, -1] }],
    ['a circle', { left_children: [0, -1, -1] }],
    ['an unknown feature', { split_indices: [4, 0, 0] }],
    ['arrays of other lengths', { sum_hessian: [1] }],
    ['a split by categories', { split_type: [1, 0, 0] }],
  ])('refuses a tree with %s', (_, tree) => {
    expect(() => readXgboostModel(stump(1, {}, tree))).toThrow('Cannot read model: tree 0');
  });

  test('names an unknown feature and what it may mean', () => {
    const known = ['order_1h', 'orders_1d', 'amount_cents', 'account_age_minutes'];
    expect(() => readXgboostModel(written, known)).toThrow(
      'asks for a feature that nobody computes, perhaps order_1h or orders_1d or amount_cents: received orders_1h',
    );
  });

  test.each([null, [], {}, 'text', { learner: {} }])('refuses %j', (json) => {
    expect(() => readXgboostModel(json)).toThrow('Cannot read model: ');
  });
});

/** One question: `a` below the threshold adds −1, all else 2. */
function stump(threshold: number, param: object = {}, tree: object = {}) {
  const trees = [
    {
      left_children: [1, -1, -1],
      right_children: [2, -1, -1],
      split_indices: [0, 0, 0],
      split_conditions: [threshold, -1, 2],
      default_left: [true, false, false],
      sum_hessian: [3, 2, 1],
      ...tree,
    },
  ];
  return {
    learner: {
      feature_names: ['a'],
      gradient_booster: { name: 'gbtree', model: { tree_info: [0], trees } },
      objective: { name: 'binary:logistic' },
      learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: '1', ...param },
    },
  };
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./xgboost/${name}`, import.meta.url), 'utf8'));
}
