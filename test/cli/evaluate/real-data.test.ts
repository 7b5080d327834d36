import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../../cli/evaluate/report/figures-of.ts';
import { scoredByTrees } from '../../../cli/evaluate/scored-by.ts';
import { transactionOptionsOf } from '../../../cli/evaluate/transactions/options.ts';
import { transactionRows } from '../../../cli/evaluate/transactions/transaction-rows.ts';
import { collectRefusals } from '../../../cli/import/refusals.ts';
import { learn } from '../../../cli/train/learn.ts';

const realData = process.env['REAL_DATA'];
if (!realData) {
  console.warn(
    'Skipped: labelled registrations and orders; set REAL_DATA to the folder that holds aws-fraud-detector',
  );
}

const usual = {
  'train-days': '60',
  'delay-days': '7',
  'test-days': '30',
  'known-cards': true,
  seed: '1',
};

async function evaluated(file: string, columns: string, days: Partial<typeof usual>) {
  const full = path.join(realData ?? '', 'aws-fraud-detector', file);
  const options = transactionOptionsOf('evaluate', { ...usual, ...days, columns: [columns] }, [
    full,
  ]);
  const refusals = await collectRefusals(undefined);
  const rows = await transactionRows(options, refusals);
  expect(refusals.count()).toBe(0);
  const names = rows.set.features.map(({ name }) => name);
  const { ensemble, thresholds } = learn(names, rows.training, { parameters: {}, attributes: {} });
  const scored = scoredByTrees(ensemble, thresholds.review, rows.test);
  return { ...rows, figures: figuresOf(scored, rows.test, rows.spans.testFromMs) };
}

describe.skipIf(!realData)(
  'labelled data of the Amazon Fraud Detector samples (folder: REAL_DATA)',
  () => {
    test('registrations: addresses that were fraudulent before give later fraud away', async () => {
      const {
        transactions,
        test: held,
        figures,
      } = await evaluated(
        'registration_data_20K_minimum.csv',
        'entity:ip=ip_address,entity:email=email_address',
        { 'train-days': '210', 'test-days': '120' },
      );
      expect(transactions).toBe(20_000);
      expect(held.filter(({ fraud }) => fraud)).toHaveLength(330);
      expect(figures.averagePrecision).toBeGreaterThan(0.6);
      expect(figures.rocAuc).toBeGreaterThan(0.95);
    });

    test('orders: half of them unlabelled, labels dated like the orders: nothing leaks', async () => {
      const {
        transactions,
        training,
        test: held,
        figures,
      } = await evaluated(
        'transaction_data_2K_coldstart.csv',
        'amount=order_price,entity:customer=ENTITY_ID,entity:category=product_category,entity:merchant=merchant',
        { 'delay-days': '3' },
      );
      expect(transactions).toBe(1_611);
      expect([training.length, held.length]).toEqual([428, 226]);
      // Far too good would be the sign of a leak: there are eleven frauds to find.
      expect(figures.averagePrecision).toBeLessThan(0.9);
    });
  },
);
