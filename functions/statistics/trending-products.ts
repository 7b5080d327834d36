import type { Settings } from '../../shared/config/settings.ts';
import type { TopProductsData } from '../../shared/events/top-products.ts';
import { firstBy } from '../../shared/statistics/first-by.ts';
import { percentOf } from '../../shared/statistics/percent-of.ts';
import { shareRise } from '../../shared/statistics/share-rise.ts';
import type { Sales } from './sales.ts';

type Trending = Pick<TopProductsData, 'testedProducts' | 'trending'>;

/** More digits than that are noise to a reader. */
const digitsTold = 6;

/**
 * Products whose share of all lines rises, the least likely by chance first. Of many products some
 * rise by chance alone: what is told of each beside its own probability is Bonferroni's bound of the
 * probability that any of those that were tested does so. The list is a ranking; the bound is what a
 * decision should go by.
 *
 * Who is tested is chosen by the lines of both stretches together, of which the test takes the sum as
 * given: those chosen for having many now would rise more often than their probabilities say.
 */
export function trendingProducts(
  now: Sales,
  before: Sales,
  { trendingLinesMin, trendingPValueMax, topProductsShown }: Settings,
): Trending {
  const isTested = (lines: number, linesBefore: number) => lines + linesBefore >= trendingLinesMin;
  let testedProducts = 0;
  for (const [productId, { lines }] of before.products) {
    if (!now.products.has(productId) && isTested(0, lines)) testedProducts += 1;
  }
  const rising: Omit<TopProductsData['trending'][number], 'anyPValue'>[] = [];
  for (const [productId, { lines }] of now.products) {
    const linesBefore = before.products.get(productId)?.lines ?? 0;
    if (isTested(lines, linesBefore)) testedProducts += 1;
    if (lines < trendingLinesMin) continue;
    // A share that does not rise is likely.
    if (lines * before.all.lines <= linesBefore * now.all.lines) continue;
    const pValue = told(
      shareRise(
        { part: lines, whole: now.all.lines },
        { part: linesBefore, whole: before.all.lines },
      ),
    );
    if (pValue > trendingPValueMax) continue;
    const sharePercent = percentOf(lines, now.all.lines) ?? 0;
    const sharePercentBefore = percentOf(linesBefore, before.all.lines) ?? 0;
    rising.push({ productId, lines, linesBefore, sharePercent, sharePercentBefore, pValue });
  }
  const first = firstBy(
    rising,
    topProductsShown,
    (a, b) => a.pValue - b.pValue || a.productId - b.productId,
  );
  const trending = first.map((product) => ({
    ...product,
    anyPValue: told(Math.min(1, product.pValue * testedProducts)),
  }));
  return { testedProducts, trending };
}

function told(probability: number): number {
  return Number(probability.toPrecision(digitsTold));
}
