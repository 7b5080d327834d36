import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uciOnlineRetail } from '../../../../cli/import/formats/uci-online-retail.ts';
import { wallClock } from '../../../../cli/import/instant.ts';
import { rowOf, saleOf } from './read-row.ts';

const line = 'A100,77X,TIN OWL ,6,2011-03-04 08:26:00,2.55,4711.0,EIRE';

describe('format uci-online-retail', () => {
  it('reads a line of an invoice', () => {
    expect(saleOf(uciOnlineRetail, line)).toEqual({
      order: 'A100',
      atMs: Date.UTC(2011, 2, 4, 8, 26),
      customer: '4711',
      country: 'EIRE',
      product: {
        ...{ sku: '77X', name: 'TIN OWL', category: 'Online retail', brand: '' },
        ...{ seller: 'Online Retail UK', sellerCountry: 'GB' },
      },
      quantity: 6,
      priceCents: 255,
      channel: 'web',
      isCancellation: false,
      changed: {},
    });
  });

  it('knows a cancellation by its C, and reads dates with the month first', () => {
    const sale = saleOf(uciOnlineRetail, 'C200,77X,TIN OWL,-2,3/14/2011 8:06,2.55,,France');
    expect(sale).toMatchObject({ isCancellation: true, quantity: -2, customer: undefined });
    expect(sale?.atMs).toBe(Date.UTC(2011, 2, 14, 8, 6));
  });

  it('takes the wall clock of the time zone it is told', () => {
    const row = rowOf(uciOnlineRetail, line.replace('2011-03-04', '2011-07-04').split(','));
    const sale = uciOnlineRetail.sale?.(row, wallClock('Europe/London'));
    expect(sale?.atMs).toBe(Date.UTC(2011, 6, 4, 7, 26));
  });

  it('names a product without a description by its number', () => {
    const sale = saleOf(uciOnlineRetail, line.replace('TIN OWL ', ''));
    expect(sale?.product.name).toBe('77X');
  });

  it('rounds a price to the cent, and says so', () => {
    const sale = saleOf(uciOnlineRetail, line.replace('2.55', '0.015'));
    expect(sale).toMatchObject({
      priceCents: 2,
      changed: { unitPrice: 'Rounded to the cent: "0.015"' },
    });
  });

  it.each([
    ['InvoiceNo', ',77X,TIN OWL,6,2011-03-04 08:26:00,2.55,4711,EIRE'],
    ['StockCode', 'A100,,TIN OWL,6,2011-03-04 08:26:00,2.55,4711,EIRE'],
    ['Quantity', 'A100,77X,TIN OWL,six,2011-03-04 08:26:00,2.55,4711,EIRE'],
    ['InvoiceDate', 'A100,77X,TIN OWL,6,2011-02-30 08:26:00,2.55,4711,EIRE'],
    ['InvoiceDate', 'A100,77X,TIN OWL,6,1999-12-31 23:59:59,2.55,4711,EIRE'],
    ['UnitPrice', 'A100,77X,TIN OWL,6,2011-03-04 08:26:00,dear,4711,EIRE'],
  ])('refuses a line whose %s cannot be read', (field, wrong) => {
    expect(() => saleOf(uciOnlineRetail, wrong)).toThrow(
      expect.objectContaining({ name: 'LineFault', field }),
    );
  });

  it('reads back whatever was written, to the cent and to the second', () => {
    const written = fc.record({
      cents: fc.integer({ min: -99_999_999, max: 99_999_999 }),
      quantity: fc.integer({ min: -80_000, max: 80_000 }),
      second: fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2099, 11, 31) / 1000 }),
    });
    fc.assert(
      fc.property(written, ({ cents, quantity, second }) => {
        const text = `${cents < 0 ? '-' : ''}${Math.trunc(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
        const time = new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');
        const sale = saleOf(uciOnlineRetail, `A1,S1,Owl,${quantity},${time},${text},1.0,France`);
        expect(sale).toMatchObject({
          quantity,
          priceCents: cents,
          atMs: second * 1000,
          changed: {},
        });
      }),
    );
  });
});
