import { expect, test } from 'vitest';
import { nearestNames } from '../../../shared/model/nearest-names.ts';

test('nearestNames() puts what differs least first and leaves out what has nothing in common', () => {
  const known = ['card_orders_7d', 'card_orders_1d', 'zzz', 'card_orders_30d'];
  expect(nearestNames('card_order_1d', known, 2)).toEqual(['card_orders_1d', 'card_orders_7d']);
  expect(nearestNames('abc', ['xyz'], 3)).toEqual([]);
});
