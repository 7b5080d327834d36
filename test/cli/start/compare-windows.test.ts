import { describe, expect, it } from 'vitest';
import { compareWindows } from '../../../cli/start/compare-windows.ts';

const sold = (start_ms: number, orders: number) => ({
  ...{ start_ms, orders, items: 2 * orders, gross_cents: 100 * orders },
  ...{ refunded_cents: 0, has_backfill: false },
});

const told = (startMs: number, orders: number) => ({
  ...{ startMs, endMs: startMs + 1, closed: true },
  data: {
    ...{ orders, items: 2 * orders, grossCents: 100 * orders, refundedCents: 0 },
    ...{ netCents: 100 * orders, averageOrderCents: 100 },
  },
});

describe('compareWindows()', () => {
  it('counts what is missing, and what nobody sold', () => {
    const shop = [sold(1, 3), sold(2, 4)];
    expect(compareWindows(shop, [told(1, 3), told(2, 4)], true)).toEqual({ lost: 0, doubled: 0 });
    expect(compareWindows(shop, [told(2, 4)], true)).toEqual({ lost: 9, doubled: 0 });
    expect(compareWindows(shop, [told(1, 3), told(2, 5), told(3, 1)], true)).toEqual({
      lost: 0,
      doubled: 6,
    });
  });

  it('leaves to an earlier generation what was before the first whole window of a later one', () => {
    const shop = [sold(1, 3), sold(2, 4), sold(3, 5), sold(4, 1)];
    expect(compareWindows(shop, [told(2, 1), told(3, 5), told(4, 1)], false)).toEqual({
      lost: 0,
      doubled: 0,
    });
    expect(compareWindows(shop, [told(2, 1), told(4, 1)], false)).toEqual({ lost: 15, doubled: 0 });
    expect(compareWindows(shop, [], false)).toEqual({ lost: 0, doubled: 0 });
  });
});
