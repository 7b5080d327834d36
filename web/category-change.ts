import type { LiveTopProducts } from '../shared/events/live-statistics.ts';
import type { Formats } from './format.ts';

/**
 * What a category's revenue is held against, in words: its change, or in an open window what there
 * was before, since a part is less than a whole and a change would say nothing.
 */
export function categoryChange(
  { revenueChangePercent, revenueCentsBefore }: LiveTopProducts['categories'][number],
  isClosed: boolean,
  format: Formats,
): string {
  if (revenueChangePercent === null) return 'new';
  return isClosed
    ? format.change(revenueChangePercent)
    : `${format.moneyRounded(revenueCentsBefore)} →`;
}
