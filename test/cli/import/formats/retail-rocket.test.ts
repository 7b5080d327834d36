import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retailRocket } from '../../../../cli/import/formats/retail-rocket.ts';
import { clickOf, saleOf } from './read-row.ts';

const noonMs = Date.UTC(2019, 4, 6, 12);
const time = fc.integer({ min: Date.UTC(2001, 8, 10), max: Date.UTC(2099, 0, 1) });
const number = fc.integer({ min: 1, max: 99_999_999 });

describe('format retail-rocket', () => {
  it('reads a view: a visitor and his day are a session', () => {
    expect(clickOf(retailRocket, `${noonMs},31,view,77,`)).toMatchObject({
      type: 'view',
      atMs: noonMs,
      session: '31/2019-05-06',
      user: '31',
      product: { sku: 'rr-77' },
      consent: 'personal',
    });
  });

  it('reads a transaction as a sale without a price, anything else as none', () => {
    expect(saleOf(retailRocket, `${noonMs},31,transaction,77,500`)).toMatchObject({
      ...{ order: '500', customer: '31', quantity: 1, priceCents: undefined, atMs: noonMs },
    });
    expect(saleOf(retailRocket, `${noonMs},31,addtocart,77,`)).toBeUndefined();
  });

  it('reads back every event', () => {
    const types = fc.constantFrom(
      ['view', 'view'],
      ['addtocart', 'cart'],
      ['transaction', 'purchase'],
    );
    fc.assert(
      fc.property(time, number, number, types, (atMs, visitor, item, [written, type]) => {
        const click = clickOf(retailRocket, `${atMs},${visitor},${written},${item},9`);
        expect(click).toMatchObject({ type, atMs, user: String(visitor) });
        expect(click?.product?.sku).toBe(`rr-${item}`);
      }),
    );
  });

  it('refuses an event it does not know, and a time that is none', () => {
    expect(() => clickOf(retailRocket, `${noonMs},31,stare,77,`)).toThrow(/received "stare"/);
    expect(() => clickOf(retailRocket, 'noon,31,view,77,')).toThrow(/received "noon"/);
  });
});
