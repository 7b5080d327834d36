import { shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { TopProductsData } from '../../shared/events/top-products.ts';
import {
  type StatisticWindow,
  topProductsWindows,
} from '../../shared/statistics/statistic-window.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import { tumbling, withLookback } from '../../shared/stream/window.ts';
import { bestCategories, bestProducts } from './best-sold.ts';
import { preliminaryEveryMs } from './preliminary-every.ts';
import { windowResultsKeptMs } from './results-kept.ts';
import { salesKey, salesOf } from './sales.ts';
import { sold } from './sold.ts';
import { trendingProducts } from './trending-products.ts';

/** What sells best: a job for each length of its windows. */
export function topProductsJobs(settings: Settings) {
  return topProductsWindows(settings).map((window) => topProductsJob(settings, window));
}

/**
 * Products by what was sold of them, those whose share of all lines rises against the window before,
 * and categories. Lines count in the window in which they were ordered; what is given back later is
 * not taken off.
 */
function topProductsJob(settings: Settings, { sizeMs, job }: StatisticWindow) {
  const shown = settings.topProductsShown;
  return windowedJob([shopFacts(['orderItem'], settings.changeTickSettleMs)], {
    ...job,
    eventTimeMs: (item) => item.orderedAtMs,
    key: salesKey,
    window: withLookback(tumbling(sizeMs), sizeMs),
    accumulators: sold(),
    watermarkDelayMs: settings.orderWatermarkDelayMs,
    allowedLatenessMs: settings.orderAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    preliminaryEveryMs: preliminaryEveryMs(settings, sizeMs),
    resultsKeptMs: windowResultsKeptMs(settings, sizeMs),
    type: 'top-products',
    result: (totals, _window, totalsBefore): TopProductsData => {
      const now = salesOf(totals);
      const before = salesOf(totalsBefore);
      return {
        ...now.all,
        distinctProducts: now.products.size,
        before: before.all,
        byQuantity: bestProducts(now, 'quantity', shown),
        byRevenue: bestProducts(now, 'revenueCents', shown),
        ...trendingProducts(now, before, settings),
        distinctCategories: now.categories.size,
        categories: bestCategories(now, before, settings.topCategoriesShown),
      };
    },
  });
}
