import type { Settings } from '../../shared/config/settings.ts';
import { liveSections } from '../../shared/events/live.ts';
import type { LiveProductInterest, LiveTopProducts } from '../../shared/events/live-statistics.ts';
import { revenueWindows, topProductsWindows } from '../../shared/statistics/statistic-window.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { liveAbandonedCarts } from './live-abandoned-carts.ts';
import { liveNewest } from './live-newest.ts';
import { livePulse } from './live-pulse.ts';
import { liveRevenue } from './live-revenue.ts';

const categoriesMax = 8;
const productsMax = 12;
const candidatesMax = 8;

type Show = (job: Run, nowMs: number) => Promise<void>;

/** What each job shows on the live page after its results have changed, by the job's name. */
export function liveShows(settings: Settings, store: StateStore): ReadonlyMap<string, Show> {
  return new Map<string, Show>([
    ...revenueWindows(settings).map(({ job, sizeMs }, index): [string, Show] => [
      job.name,
      liveRevenue(index === 0 ? 'revenue' : `revenue#${sizeMs}`, sizeMs, store),
    ]),
    ...topProductsWindows(settings).map(({ job, sizeMs }): [string, Show] => [
      job.name,
      liveNewest(
        {
          section: `top-products#${sizeMs}`,
          sizeMs,
          schema: liveSections['top-products'].omit({ windowMs: true }),
          cut: (window) => ({ ...firstCategories(window), windowMs: sizeMs }),
        },
        store,
      ),
    ]),
    ['sales-pulse', livePulse(settings.salesPulseWindowMs, settings.salesPulseSlideMs, store)],
    [
      'product-interest',
      liveNewest(
        {
          section: 'product-interest',
          sizeMs: settings.interestWindowMs,
          slideMs: settings.interestSlideMs,
          schema: liveSections['product-interest'],
          cut: firstProducts,
        },
        store,
      ),
    ],
    [
      'most-viewed',
      liveNewest(
        {
          section: 'most-viewed',
          sizeMs: settings.mostViewedWindowMs,
          slideMs: settings.mostViewedSlideMs,
          schema: liveSections['most-viewed'],
        },
        store,
      ),
    ],
    [
      'funnel',
      liveNewest(
        { section: 'funnel', sizeMs: settings.funnelWindowMs, schema: liveSections.funnel },
        store,
      ),
    ],
    ['abandoned-carts', liveAbandonedCarts(settings.cartAbandonedAfterMs, store)],
  ]);
}

function firstCategories(window: Omit<LiveTopProducts, 'windowMs'>) {
  return { ...window, categories: window.categories.slice(0, categoriesMax) };
}

/** The most viewed, and behind them candidates for a flash sale. */
function firstProducts(window: LiveProductInterest): LiveProductInterest {
  const first = window.products.slice(0, productsMax);
  const candidates = window.products.slice(productsMax).filter(({ isCandidate }) => isCandidate);
  return { ...window, products: [...first, ...candidates.slice(0, candidatesMax)] };
}
