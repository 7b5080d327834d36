import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taobao } from '../../../../cli/import/formats/taobao.ts';
import { clickOf, saleOf } from './read-row.ts';

const noonMs = Date.UTC(2019, 4, 6, 12);
const time = fc.integer({ min: Date.UTC(2001, 8, 10), max: Date.UTC(2099, 0, 1) });
const number = fc.integer({ min: 1, max: 99_999_999 });

describe('format taobao', () => {
  it('reads behaviour, with seconds since 1970', () => {
    expect(clickOf(taobao, `8,77,13,fav,${noonMs / 1000}`)).toMatchObject({
      ...{ type: 'wishlist', atMs: noonMs, session: '8/2019-05-06', user: '8' },
      product: { sku: 'taobao-77', category: 'Taobao 13' },
    });
  });

  it('takes what a user buys in one second for one order', () => {
    const sale = saleOf(taobao, `8,77,13,buy,${noonMs / 1000}`);
    expect(sale).toMatchObject({ order: `8-${noonMs / 1000}`, customer: '8', quantity: 1 });
    expect(saleOf(taobao, `8,77,13,pv,${noonMs / 1000}`)).toBeUndefined();
  });

  it('refuses a time before 1970, as some lines of the data set have', () => {
    expect(() => clickOf(taobao, '8,77,13,pv,-2134949234')).toThrow(/Is no time/);
  });

  it('reads back every event', () => {
    const types = fc.constantFrom(
      ...[
        ['pv', 'view'],
        ['cart', 'cart'],
        ['fav', 'wishlist'],
      ],
      ['buy', 'purchase'],
    );
    fc.assert(
      fc.property(time, number, number, types, (anyMs, item, user, [written, type]) => {
        const second = Math.floor(anyMs / 1000);
        const click = clickOf(taobao, `${user},${item},5,${written},${second}`);
        expect(click).toMatchObject({ type, atMs: second * 1000, user: String(user) });
      }),
    );
  });
});
