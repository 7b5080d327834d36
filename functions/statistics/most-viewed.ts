import type { Settings } from '../../shared/config/settings.ts';
import type { ClickRecord } from '../../shared/events/click.ts';
import { clicks } from '../../shared/events/click-source.ts';
import type { MostViewedData } from '../../shared/events/most-viewed.ts';
import { firstBy } from '../../shared/statistics/first-by.ts';
import { count } from '../../shared/stream/accumulator.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import type { Source } from '../../shared/stream/source.ts';
import { sliding } from '../../shared/stream/window.ts';
import { windowResultsKeptMs } from './results-kept.ts';

/** What the job sees of a click. */
export type ProductClick = Pick<ClickRecord, 'occurredAtMs' | 'productId'>;

/**
 * The products that were viewed most in the last minutes, anew every minute, each view once.
 *
 * @param views what counts as a view.
 */
export function mostViewedJob(settings: Settings, views: Source<ProductClick> = clicks(['view'])) {
  return windowedJob([views], {
    name: 'most-viewed',
    generation: 1,
    eventTimeMs: (click) => click.occurredAtMs,
    key: ({ productId }) => {
      if (productId !== null) return String(productId);
      throw new RangeError('Cannot count view: it must name its product: received null');
    },
    window: sliding(settings.mostViewedWindowMs, settings.mostViewedSlideMs),
    accumulators: { views: count() },
    watermarkDelayMs: settings.clickWatermarkDelayMs,
    allowedLatenessMs: settings.clickAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    preliminaryEveryMs: settings.preliminaryEveryMs,
    resultsKeptMs: windowResultsKeptMs(settings, settings.mostViewedWindowMs),
    type: 'most-viewed',
    result: (totals): MostViewedData => {
      let views = 0;
      for (const product of totals.values()) views += product.views;
      const first = firstBy(
        totals,
        settings.mostViewedProducts,
        ([leftId, left], [rightId, right]) =>
          right.views - left.views || Number(leftId) - Number(rightId),
      );
      return {
        views,
        distinctProducts: totals.size,
        products: first.map(([id, product]) => ({ productId: Number(id), views: product.views })),
      };
    },
  });
}
