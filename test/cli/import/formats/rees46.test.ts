import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rees46 } from '../../../../cli/import/formats/rees46.ts';
import { clickOf, saleOf } from './read-row.ts';

const noonMs = Date.UTC(2019, 4, 6, 12);
const time = fc.integer({ min: Date.UTC(2001, 8, 10), max: Date.UTC(2099, 0, 1) });
const number = fc.integer({ min: 1, max: 99_999_999 });

describe('format rees46', () => {
  const line = '2019-05-06 12:00:00 UTC,cart,44,2053,toys.owls,hoot,10.50,512,aa-bb';

  it('reads a click with its session and category', () => {
    expect(clickOf(rees46, line)).toMatchObject({
      ...{ type: 'cart', atMs: noonMs, session: 'aa-bb', user: '512', category: 'toys.owls' },
      product: { sku: 'rees46-44', name: 'hoot 44', brand: 'hoot', category: 'toys.owls' },
    });
  });

  it('names a category without a code by its number', () => {
    const click = clickOf(rees46, line.replace('toys.owls', ''));
    expect(click?.category).toBe('Category 2053');
  });

  it('takes what a session buys for one order', () => {
    const sale = saleOf(rees46, line.replace('cart', 'purchase'));
    expect(sale).toMatchObject({ order: 'aa-bb', customer: '512', priceCents: 1050 });
    expect(saleOf(rees46, line)).toBeUndefined();
  });

  it('reads back every event', () => {
    const types = fc.constantFrom(
      ...[
        ['view', 'view'],
        ['cart', 'cart'],
        ['remove_from_cart', 'remove'],
      ],
      ['purchase', 'purchase'],
    );
    fc.assert(
      fc.property(time, number, number, types, (anyMs, item, user, [written, type]) => {
        const atMs = Math.floor(anyMs / 1000) * 1000;
        const text = `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
        const click = clickOf(rees46, `${text},${written},${item},1,,,0.01,${user},s-${user}`);
        expect(click).toMatchObject({ type, atMs, user: String(user), session: `s-${user}` });
      }),
    );
  });
});
