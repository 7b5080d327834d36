import type { Settings } from '../config/settings.ts';
import type { Run } from '../stream/state/layout.ts';
import { durationName } from './duration-name.ts';

/** One length of the windows of a statistic. */
export interface StatisticWindow {
  /** As the API calls it: `1m`, `1h`. */
  readonly name: string;
  readonly sizeMs: number;
  /** The job that tells it, as it is declared. */
  readonly job: Run;
}

/** The windows of a statistic that one job tells. */
export function statisticWindow(sizeMs: number, { name, generation }: Run): StatisticWindow {
  return { name: durationName(sizeMs), sizeMs, job: { name, generation } };
}

/** Every length of revenue windows, the shortest first: the job of that has no length in its name. */
export function revenueWindows({
  revenueWindowMs,
  revenueLongerWindowsMs,
}: Pick<Settings, 'revenueWindowMs' | 'revenueLongerWindowsMs'>): readonly [
  StatisticWindow,
  ...StatisticWindow[],
] {
  const longer = revenueLongerWindowsMs.filter((sizeMs) => sizeMs > revenueWindowMs);
  return [
    statisticWindow(revenueWindowMs, { name: 'revenue', generation: 2 }),
    ...longer.map((sizeMs) =>
      statisticWindow(sizeMs, { name: `revenue-${durationName(sizeMs)}`, generation: 1 }),
    ),
  ];
}

/** Every length of the windows of top products, the shortest first. */
export function topProductsWindows({
  topProductsWindowsMs,
}: Pick<Settings, 'topProductsWindowsMs'>): readonly [StatisticWindow, ...StatisticWindow[]] {
  const [shortest, ...longer] = topProductsWindowsMs.map((sizeMs) =>
    statisticWindow(sizeMs, { name: `top-products-${durationName(sizeMs)}`, generation: 1 }),
  );
  if (shortest) return [shortest, ...longer];
  throw new RangeError('Cannot declare top products: no length of windows is given');
}
