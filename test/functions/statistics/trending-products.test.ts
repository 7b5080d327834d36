import { expect, it } from 'vitest';
import { salesOf } from '../../../functions/statistics/sales.ts';
import { trendingProducts } from '../../../functions/statistics/trending-products.ts';
import { settings } from '../../../shared/config/settings.ts';
import { createRandom, type Random } from '../../../shared/random/random.ts';

/** Lines of a stretch in which products are bought at random, each as often as any other. */
function stretch(random: Random, products: number, lines: number) {
  const totals = new Map<string, { lines: number; quantity: number; revenueCents: number }>();
  for (let line = 0; line < lines; line += 1) {
    const key = `${random.integer(1, products)}|`;
    const before = totals.get(key)?.lines ?? 0;
    totals.set(key, { lines: before + 1, quantity: before + 1, revenueCents: before + 1 });
  }
  return salesOf(totals);
}

// Chosen for having many lines now, two windows in ten would hold a product below 0.05.
it.each([
  [100, 150],
  [300, 300],
  [1_000, 800],
])(
  'trendingProducts() finds one of %i products that stands out no more often than its bound says',
  (products, lines) => {
    const random = createRandom(products);
    const windows = 600;
    let standingOut = 0;
    for (let window = 0; window < windows; window += 1) {
      const now = stretch(random, products, lines);
      const before = stretch(random, products, lines);
      const { trending } = trendingProducts(now, before, settings({ TRENDING_P_VALUE_MAX: '1' }));
      if (trending.some(({ anyPValue }) => anyPValue <= 0.05)) standingOut += 1;
    }
    expect(standingOut / windows).toBeLessThan(0.05);
  },
);

it('trendingProducts() tests by the lines of both stretches, and tells those with lines now', () => {
  const sales = (lines: Readonly<Record<string, number>>) =>
    salesOf(
      new Map(
        Object.entries(lines).map(([id, count]) => [
          `${id}|`,
          { lines: count, quantity: count, revenueCents: count },
        ]),
      ),
    );
  const now = sales({ 1: 9, 2: 4, 3: 2, 4: 2, 5: 10 });
  const before = sales({ 2: 1, 3: 3, 4: 2, 5: 50, 6: 5, 7: 4 });
  const { testedProducts, trending } = trendingProducts(now, before, settings({}));
  expect(testedProducts).toBe(5);
  expect(trending.map(({ productId }) => productId)).toEqual([1]);
});
