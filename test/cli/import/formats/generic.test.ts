import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { genericClicks, genericOrders } from '../../../../cli/import/formats/generic.ts';
import { clickOf, saleOf } from './read-row.ts';

describe('format generic', () => {
  it('reads an order, with what else it is told', () => {
    const line =
      '9-A,2024-02-29T10:00:00+01:00,OWL,3,12.5,anna,DE,phone,Tin owl,Owls,Hoot Ltd,Hoot';
    expect(saleOf(genericOrders, line)).toMatchObject({
      ...{ order: '9-A', atMs: Date.UTC(2024, 1, 29, 9), customer: 'anna', country: 'DE' },
      ...{ quantity: 3, priceCents: 1250, channel: 'phone' },
      product: { sku: 'OWL', name: 'Tin owl', category: 'Owls', seller: 'Hoot Ltd', brand: 'Hoot' },
    });
  });

  it('does with the five it needs', () => {
    expect(saleOf(genericOrders, '9,2024-02-29,OWL,1,1')).toMatchObject({
      ...{ customer: undefined, country: undefined, channel: 'web' },
      product: { sku: 'OWL', name: 'OWL', category: 'Imported', seller: 'Imported' },
    });
  });

  it('reads every way to write a time', () => {
    const second = fc.integer({ min: 946_684_800, max: 4_000_000_000 });
    const write = fc.constantFrom(
      (atMs: number) => String(atMs / 1000),
      (atMs: number) => String(atMs),
      (atMs: number) => new Date(atMs).toISOString(),
      (atMs: number) => new Date(atMs).toISOString().slice(0, 19),
      (atMs: number) => `${new Date(atMs + 5_400_000).toISOString().slice(0, 19)}+01:30`,
    );
    fc.assert(
      fc.property(second, write, (atSecond, text) => {
        const sale = saleOf(genericOrders, `1,${text(atSecond * 1000)},OWL,1,1`);
        expect(sale?.atMs).toBe(atSecond * 1000);
      }),
    );
  });

  it('reads a click; without a word about consent it keeps nobody', () => {
    expect(clickOf(genericClicks, '1700000000,view,s1,OWL,u1')).toMatchObject({
      ...{ type: 'view', session: 's1', user: 'u1', consent: 'statistics', category: undefined },
      product: { sku: 'OWL' },
    });
    expect(clickOf(genericClicks, '1700000000,browse,s1,,u1,personal,,Owls')).toMatchObject({
      ...{ type: 'browse', consent: 'personal', product: undefined, category: 'Owls' },
    });
  });

  it('refuses a click without what was clicked', () => {
    expect(() => clickOf(genericClicks, '1700000000,view,s1,,u1')).toThrow('Must not be empty');
    expect(() => clickOf(genericClicks, '1700000000,browse,s1,,u1')).toThrow('Must not be empty');
  });
});
