import type { RevenueRow, SoldWindow } from '../balance/revenue-windows.ts';
import { type Balance, balanceOf } from './balance.ts';

/**
 * Orders and items, window by window; a window whose sum alone differs counts as one lost.
 *
 * @param results of the live generation.
 * @param isFirst whether no other told anything before it. One that followed may have begun in the
 *   middle of its first window: that and what is before it was the other's to count.
 */
export function compareWindows(
  sold: readonly SoldWindow[],
  results: readonly RevenueRow[],
  isFirst: boolean,
): Balance {
  const begunMs = isFirst
    ? Number.NEGATIVE_INFINITY
    : results.reduce((first, { startMs }) => Math.min(first, startMs), Number.POSITIVE_INFINITY);
  const isOurs = (startMs: number): boolean => startMs > begunMs;
  const ours = results.filter(({ startMs }) => isOurs(startMs));
  const told = new Map(ours.map(({ startMs, data }) => [startMs, data]));
  const differences = sold.flatMap((window) => {
    if (!isOurs(window.start_ms)) return [];
    const result = told.get(window.start_ms);
    told.delete(window.start_ms);
    const orders = (result?.orders ?? 0) - window.orders;
    const items = (result?.items ?? 0) - window.items;
    const cents = (result?.grossCents ?? 0) - window.gross_cents;
    return orders === 0 && items === 0 ? [-Math.min(1, Math.abs(cents))] : [orders, items];
  });
  const unfounded = [...told.values()].map(({ orders, items }) => orders + items);
  return balanceOf([...differences, ...unfounded]);
}
