import type { TopProductsData } from '../../shared/events/top-products.ts';
import { firstBy } from '../../shared/statistics/first-by.ts';
import { percentChange } from '../../shared/statistics/percent-change.ts';
import { percentOf } from '../../shared/statistics/percent-of.ts';
import type { Sales } from './sales.ts';
import type { Sold } from './sold.ts';

type Category = TopProductsData['categories'][number];

/** The first products by one figure; of equal ones the lower id stands first. */
export function bestProducts(
  { products }: Sales,
  figure: keyof Sold,
  shown: number,
): TopProductsData['byQuantity'] {
  const first = firstBy(
    products,
    shown,
    ([idA, a], [idB, b]) => b[figure] - a[figure] || idA - idB,
  );
  return first.map(([productId, values]) => ({ productId, ...values }));
}

/** The first categories by revenue, each held against the stretch before. */
export function bestCategories(now: Sales, before: Sales, shown: number): Category[] {
  const first = firstBy(
    now.categories,
    shown,
    ([idA, a], [idB, b]) => b.all.revenueCents - a.all.revenueCents || compareIds(idA, idB),
  );
  return first.map(([categoryId, { all, products, bestProductId }]) => {
    const revenueCentsBefore = before.categories.get(categoryId)?.all.revenueCents ?? 0;
    return {
      categoryId,
      ...all,
      distinctProducts: products,
      revenueSharePercent: percentOf(all.revenueCents, now.all.revenueCents),
      revenueCentsBefore,
      revenueChangePercent: percentChange(all.revenueCents, revenueCentsBefore),
      bestProductId,
    };
  });
}

/** What has no category stands last. */
function compareIds(a: number | null, b: number | null): number {
  return (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY);
}
