import { type ShopFacts, shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { ClickRecord } from '../../shared/events/click.ts';
import { clicks } from '../../shared/events/click-source.ts';
import type { ProductInterestData } from '../../shared/events/product-interest.ts';
import { firstBy } from '../../shared/statistics/first-by.ts';
import { percentOf } from '../../shared/statistics/percent-of.ts';
import { count, sum } from '../../shared/stream/accumulator.ts';
import { latestBy } from '../../shared/stream/accumulators/latest-by.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import type { Source } from '../../shared/stream/source.ts';
import { sliding } from '../../shared/stream/window.ts';
import { flashSaleAlert } from './flash-sale-alert.ts';
import { windowResultsKeptMs } from './results-kept.ts';

type InterestEvent = ClickRecord | ShopFacts['orderItem'];
type Product = ProductInterestData['products'][number];
type Figures = Pick<Product, 'views' | 'carts' | 'purchases' | 'quantity' | 'revenueCents'>;

/** Views, carts and purchases of each product; those that many look at and few buy raise an alert. */
export function productInterestJob(settings: Settings) {
  const sources: readonly Source<InterestEvent>[] = [
    clicks(['view', 'cart']),
    shopFacts(['orderItem'], settings.changeTickSettleMs),
  ];
  return windowedJob(sources, {
    name: 'product-interest',
    generation: 1,
    eventTimeMs: timeOf,
    key: productOf,
    window: sliding(settings.interestWindowMs, settings.interestSlideMs),
    accumulators: {
      views: count((event) => !isItem(event) && event.type === 'view'),
      carts: count((event) => !isItem(event) && event.type === 'cart'),
      purchases: count(isItem),
      quantity: sum((event) => (isItem(event) ? event.quantity : 0)),
      revenueCents: sum((event) => (isItem(event) ? event.quantity * event.unitPriceCents : 0)),
      category: latestBy(categoryOrder, (event) => (isItem(event) ? null : event.category)),
    },
    watermarkDelayMs: settings.interestWatermarkDelayMs,
    allowedLatenessMs: Math.max(settings.clickAllowedLatenessMs, settings.orderAllowedLatenessMs),
    maxFutureMs: settings.maxFutureMs,
    preliminaryEveryMs: settings.statisticsPreliminaryEveryMs,
    resultsKeptMs: windowResultsKeptMs(settings, settings.interestWindowMs),
    type: 'product-interest',
    result: (totals): ProductInterestData => {
      const all = { views: 0, carts: 0, purchases: 0, quantity: 0, revenueCents: 0 };
      const products: Product[] = [];
      for (const [id, { category, ...figures }] of totals) {
        for (const name of figureNames) all[name] += figures[name];
        products.push(productWith(Number(id), category, figures, settings));
      }
      const candidates = products.filter(({ isCandidate }) => isCandidate);
      const shown = new Set([
        ...firstBy(products, settings.interestProductsShown, mostViewedFirst),
        ...firstBy(candidates, settings.interestCandidatesShown, mostViewedFirst),
      ]);
      return {
        ...all,
        conversionPercent: percentOf(all.purchases, all.views),
        distinctProducts: products.length,
        products: [...shown].sort(mostViewedFirst),
        candidates: candidates.length,
        candidatesLeftOut: candidates.filter((product) => !shown.has(product)).length,
      };
    },
    onClose: ({ products }, window) =>
      products
        .filter(({ isCandidate }) => isCandidate)
        .slice(0, settings.flashSaleAlertsMax)
        .map((product) => flashSaleAlert(product, window)),
  });
}

function mostViewedFirst(a: Product, b: Product): number {
  return b.views - a.views || a.productId - b.productId;
}

const figureNames = ['views', 'carts', 'purchases', 'quantity', 'revenueCents'] as const;

function productWith(
  productId: number,
  category: string | null,
  figures: Figures,
  { flashSaleViewsAbove, flashSalePurchasesBelow }: Settings,
): Product {
  const { views, carts, purchases, quantity, revenueCents } = figures;
  return {
    productId,
    category,
    ...{ views, carts, purchases, quantity, revenueCents },
    conversionPercent: percentOf(purchases, views),
    isCandidate: views > flashSaleViewsAbove && purchases < flashSalePurchasesBelow,
  };
}

function isItem(event: InterestEvent): event is ShopFacts['orderItem'] {
  return 'kind' in event;
}

function timeOf(event: InterestEvent): number {
  return isItem(event) ? event.orderedAtMs : event.occurredAtMs;
}

/** Events that name no category must not take it away. */
function categoryOrder(event: InterestEvent): number {
  return isItem(event) || event.category === null ? -8.64e15 : event.occurredAtMs;
}

function productOf(event: InterestEvent): string {
  if (event.productId !== null) return String(event.productId);
  throw new RangeError('Cannot count interest: a click must name its product: received null');
}
