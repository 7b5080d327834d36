import { expect, test } from 'vitest';
import { categoryChange } from '../../web/category-change.ts';
import { formats } from '../../web/format.ts';

const format = formats('en-US', 'USD');
const category = {
  ...{ categoryId: 1, lines: 1, quantity: 1, revenueCents: 12_000, distinctProducts: 1 },
  ...{ revenueSharePercent: 100, revenueCentsBefore: 120_000, revenueChangePercent: -90 },
  bestProductId: 1,
};

test('categoryChange() tells the change of a closed window, and of an open one what was before', () => {
  expect(categoryChange(category, true, format)).toBe('−90%');
  expect(categoryChange(category, false, format)).toBe('$1,200 →');
  expect(categoryChange({ ...category, revenueChangePercent: null }, false, format)).toBe('new');
});
