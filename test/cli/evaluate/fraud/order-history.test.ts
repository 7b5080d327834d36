import { expect, test } from 'vitest';
import {
  labelledOrders,
  learnableOrders,
  type OrderHistory,
} from '../../../../cli/evaluate/fraud/order-history.ts';

const point = { vector: { order_total_cents: 100 }, status: undefined };
const history: OrderHistory = {
  name: 'a test',
  labelDelayMs: 0,
  points: [
    { ...point, source: 'order', id: '1', atMs: 10, entities: { order: '1', customer: '7' } },
    { ...point, source: 'order', id: '2', atMs: 20, entities: { order: '2', customer: '8' } },
    {
      ...{ ...point, source: 'payment', id: '5', atMs: 25, status: 'approved' },
      entities: { order: '2', customer: '8', card: 'c' },
    },
    { ...point, source: 'order', id: '3', atMs: 30, entities: { order: '3', customer: '9' } },
  ],
  labels: [
    { orderId: '1', fraud: true, knownAtMs: 15, pattern: 'burst' },
    { orderId: '1', fraud: false, knownAtMs: 40, pattern: undefined },
    { orderId: '2', fraud: false, knownAtMs: 28, pattern: undefined },
  ],
};

test('labelledOrders() goes by what was known at the time, and by the last point of an order', () => {
  const until = (toMs: number) => labelledOrders(history, { fromMs: 0, toMs, knownAtMs: toMs });
  expect(until(14)).toEqual([]);
  expect(until(20)).toMatchObject([{ id: '1', fraud: true, pattern: 'burst', card: 'customer 7' }]);
  expect(until(30)).toMatchObject([{ id: '1' }, { id: '2', atMs: 25, card: 'c', fraud: false }]);
  expect(until(50)[0]).toMatchObject({ id: '1', fraud: false });
});

test('labelledOrders() leaves out other times and what nobody has labelled', () => {
  const all = { knownAtMs: Number.POSITIVE_INFINITY };
  expect(labelledOrders(history, { fromMs: 20, toMs: 31, ...all }).map(({ id }) => id)).toEqual([
    '2',
  ]);
});

test('learnableOrders() takes no order that is too young for its label, though some are told of early', () => {
  const delayed = { ...history, labelDelayMs: 10 };
  const until = (untilMs: number) => learnableOrders(delayed, untilMs).map(({ id }) => id);
  expect(until(19)).toEqual([]);
  expect(until(20)).toEqual(['1']);
  expect(until(34)).toEqual(['1']);
  expect(until(35)).toEqual(['1', '2']);
  expect(learnableOrders(history, 30).map(({ id }) => id)).toEqual(['1', '2']);
});
