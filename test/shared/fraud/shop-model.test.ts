import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trainTrees } from '../../../cli/train/train-trees.ts';
import { xgboostModel } from '../../../cli/train/write-xgboost-model.ts';
import { shopFraud } from '../../../shared/fraud/features.ts';
import { scorePoint } from '../../../shared/fraud/score-point.ts';
import { shopModel } from '../../../shared/fraud/shop-model.ts';

const shipped = new URL('../../../shared/fraud/model.json', import.meta.url);
const attributes = {
  trained_at: '2026-11-21T00:00:00.000Z',
  review_threshold: '0.3',
  block_threshold: '0.7',
};

/** A model that has learnt that dear orders are fraud. */
function dearIsFraud(feature: string): unknown {
  const rows = Array.from({ length: 200 }, (_, row) => row);
  const trained = trainTrees(
    {
      names: [feature],
      columns: [Float32Array.from(rows, (row) => 1_000 * row)],
      labels: Uint8Array.from(rows, (row) => Number(row >= 100)),
    },
    { rounds: 50 },
  );
  return JSON.parse(xgboostModel(trained, attributes));
}

describe('shopModel()', () => {
  test('reads the file that ships, which is small enough to be part of a function', () => {
    const text = readFileSync(shipped, 'utf8');
    expect(text.length).toBeLessThan(300_000);
    expect(shopModel()).toEqual(
      JSON.parse(text) === null
        ? undefined
        : expect.objectContaining({ version: expect.any(String) }),
    );
  });

  test('is none where the file holds none', () => {
    expect(shopModel(null)).toBeUndefined();
  });

  test('scores a point, decides by the thresholds of the file, and says why', () => {
    const model = shopModel(dearIsFraud('order_total_cents'));
    if (model === undefined) throw new Error('There is a model');
    const meanings = new Map(shopFraud.features.map((feature) => [feature.name, feature]));
    const scored = (cents: number) => scorePoint(model, { order_total_cents: cents }, meanings);
    expect(scored(1_000)).toMatchObject({ decision: 'allow', version: attributes.trained_at });
    expect(scored(190_000)).toMatchObject({
      decision: 'block',
      reasons: [{ feature: 'order_total_cents', value: 190_000 }],
    });
    expect(scored(190_000).reasons[0]?.contribution).toBeGreaterThan(0);
  });

  test('refuses a model that asks for a feature of another shop', () => {
    expect(() => shopModel(dearIsFraud('order_totals_cents'))).toThrow(
      'asks for a feature that nobody computes, perhaps order_total_cents',
    );
  });
});
