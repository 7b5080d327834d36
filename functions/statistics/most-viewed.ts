import type { Settings } from '../../shared/config/settings.ts';
import { clicks } from '../../shared/events/click-source.ts';
import type { MostViewedData } from '../../shared/events/most-viewed.ts';
import { count } from '../../shared/stream/accumulator.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import { sliding } from '../../shared/stream/window.ts';

/** The products that were viewed most in the last minutes, anew every minute, each view once. */
export function mostViewedJob(settings: Settings) {
  return windowedJob([clicks(['view'])], {
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
    type: 'most-viewed',
    result: (totals): MostViewedData => {
      const products = [...totals].map(([id, { views }]) => ({ productId: Number(id), views }));
      products.sort((a, b) => b.views - a.views || a.productId - b.productId);
      return {
        views: products.reduce((sum, { views }) => sum + views, 0),
        distinctProducts: products.length,
        products: products.slice(0, settings.mostViewedProducts),
      };
    },
  });
}
