import { expect, test } from 'vitest';
import type { LabelledRow } from '../../../../cli/evaluate/labelled-row.ts';
import { figuresOf, patternsOf } from '../../../../cli/evaluate/report/figures-of.ts';
import { reportPage } from '../../../../cli/evaluate/report/report-page.ts';
import { reportText } from '../../../../cli/evaluate/report/report-text.ts';

const dayMs = 86_400_000;

function row(id: string, fraud: boolean, pattern?: string, day = 0): LabelledRow {
  return { id, atMs: day * dayMs, vector: {}, fraud, pattern, card: `card of ${id}` };
}

const rows = [
  row('1', true, 'burst'),
  row('2', false),
  row('3', true, 'ring', 1),
  row('4', false, undefined, 1),
];
const scored = {
  name: 'trees <1>',
  scores: Float64Array.of(0.9, 0.8, 0.4, 0.1),
  threshold: 0.5,
  isProbability: true,
};

test('figuresOf() holds scores against what came out', () => {
  const figures = figuresOf(scored, rows, 0);
  // Ranks: fraud, honest, fraud, honest.
  expect(figures.averagePrecision).toBeCloseTo((1 + 2 / 3) / 2);
  expect(figures.rocAuc).toBe(0.75);
  // One defrauded card on each of two days, of a hundred looked at.
  expect(figures.cardPrecision).toBeCloseTo(0.01);
  expect(figures.atThreshold).toMatchObject({
    precision: 0.5,
    recall: 0.5,
    falsePositiveRate: 0.5,
  });
  expect(figures.atOnePercent?.recall).toBe(0.5);
  expect(figures.roc).toEqual([
    { x: 0, y: 0 },
    { x: 0, y: 0.5 },
    { x: 0.5, y: 0.5 },
    { x: 0.5, y: 1 },
    { x: 1, y: 1 },
  ]);
  expect(figures.reliability).toEqual([
    { x: 0.1, y: 0 },
    { x: 0.4, y: 1 },
    { x: 0.8, y: 0 },
    { x: 0.9, y: 1 },
  ]);
  expect(figuresOf({ ...scored, isProbability: false }, rows, 0).calibration).toBeNull();
});

test('figuresOf() has no figure for what the rows do not tell', () => {
  const figures = figuresOf({ ...scored, scores: Float64Array.of(0.2) }, [row('1', false)], 0);
  expect(figures).toMatchObject({ averagePrecision: null, rocAuc: null, atOnePercent: null });
  expect(reportText({ ...report, figures: [figures] })).toContain('–');
});

test('patternsOf() counts what each way has found of each pattern', () => {
  const all = { ...scored, name: 'all', threshold: 0 };
  expect(patternsOf(rows, [scored, all])).toEqual([
    {
      pattern: 'burst',
      frauds: 1,
      found: [
        { by: 'trees <1>', count: 1 },
        { by: 'all', count: 1 },
      ],
    },
    {
      pattern: 'ring',
      frauds: 1,
      found: [
        { by: 'trees <1>', count: 0 },
        { by: 'all', count: 1 },
      ],
    },
  ]);
});

const report = {
  title: 'Fraud & co',
  about: [['held against', '4 orders']],
  figures: [figuresOf(scored, rows, 0)],
  patterns: patternsOf(rows, [scored]),
  rules: [{ rule: 'order-burst', fires: 4, frauds: 3 }],
  importance: [{ feature: 'order_total_cents', share: 0.25 }],
  notes: ['Note'],
} as const;

test('reportText() is a table', () => {
  const lines = reportText(report).split('\n');
  expect(lines[0]).toBe('Fraud & co');
  expect(lines.find((line) => line.includes('ROC-AUC'))).toMatch(/AP +95 % +ROC-AUC +CP@100/);
  expect(lines.find((line) => line.startsWith('trees'))).toMatch(/0\.833 .* 0\.750 +0\.010 /);
  expect(reportText(report)).toMatch(/ring +1 +0 \(0 %\)/);
  expect(reportText(report)).toMatch(/order-burst +4 +3 \(75 %\)/);
  expect(reportText(report)).toContain('order_total_cents 25 %');
});

test('reportPage() is a page that needs nothing else and means what it says', () => {
  const page = reportPage(report);
  expect(page).toContain('<h1>Fraud &amp; co</h1>');
  expect(page).toContain('trees &lt;1&gt;');
  expect(page).not.toMatch(/<script|https?:|NaN|undefined/);
  expect(page.match(/<svg /g)).toHaveLength(3);
  expect(page).toContain('prefers-color-scheme: dark');
});
