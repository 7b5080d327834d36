import { expect, test } from 'vitest';
import { lastPoints, type OrderPoint } from '../../../../cli/evaluate/fraud/points.ts';
import { ruleHits } from '../../../../cli/evaluate/fraud/rule-hits.ts';
import { fraudRule } from '../../../../shared/fraud/rule.ts';

function point(
  source: string,
  id: string,
  order: string,
  atMs: number,
  status?: string,
): OrderPoint {
  return { source, id, atMs, entities: { order }, status, vector: { order_total_cents: atMs } };
}

const points = [
  point('order', '1', '1', 10),
  point('order', '2', '2', 20),
  point('payment', '1', '1', 30, 'approved'),
  point('order', '3', '3', 40),
  point('payment', '2', '3', 50, 'declined'),
  point('payment', '3', '3', 60, 'declined'),
  point('payment', '4', '1', 70, 'declined'),
];

test('lastPoints() judges by the payment that went through, else the last try, else the order', () => {
  expect(lastPoints(points).map(({ source, id }) => `${source} ${id}`)).toEqual([
    'order 2',
    'payment 1',
    'payment 3',
  ]);
});

test('ruleHits() names the live rules of each order, at whichever event', () => {
  const rule = (name: string, on: 'order' | 'payment', mode: 'live' | 'shadow', least: number) =>
    fraudRule({
      name,
      version: 1,
      severity: 'info',
      mode,
      on: [on],
      title: name,
      entity: 'order',
      windowMs: 1,
      reads: ['order_total_cents'],
      parameters: { least },
      when: ({ order_total_cents: total }, _event, parameters) =>
        total !== null && total >= parameters.least,
      reason: () => '',
    });
  const hits = ruleHits(points, [
    rule('paid', 'payment', 'live', 30),
    rule('large', 'order', 'live', 40),
    rule('tried', 'order', 'shadow', 0),
  ]);
  expect(Object.fromEntries([...hits].map(([id, names]) => [id, [...names]]))).toEqual({
    1: ['paid'],
    2: [],
    3: ['large', 'paid'],
  });
});
