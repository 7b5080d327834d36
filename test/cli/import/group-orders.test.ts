import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FileOrder, groupOrders, type SaleLine } from '../../../cli/import/group-orders.ts';

async function* linesOf(orders: readonly string[]): AsyncGenerator<SaleLine> {
  for (const [index, order] of orders.entries()) {
    const product = {
      sku: 'OWL',
      name: '',
      category: '',
      seller: '',
      sellerCountry: '',
      brand: '',
    };
    yield {
      ...{ line: index + 2, order, atMs: 0, customer: undefined, country: undefined, product },
      ...{ quantity: 1, priceCents: 1, channel: 'web', isCancellation: false, changed: {} },
    };
  }
}

async function grouped(orders: readonly string[], apart?: number): Promise<FileOrder[]> {
  const found: FileOrder[] = [];
  for await (const order of groupOrders(linesOf(orders), apart)) found.push(order);
  return found;
}

const linesIn = ({ lines }: FileOrder) => lines.map(({ line }) => line);

describe('groupOrders()', () => {
  it('puts the lines of an order together, however they are mixed', async () => {
    const orders = await grouped(['a', 'b', 'a', 'c', 'b']);
    const byName = new Map(orders.map((order) => [order.reference, linesIn(order)]));
    expect(Object.fromEntries(byName)).toEqual({ a: [2, 4], b: [3, 6], c: [5] });
  });

  it('makes two orders of lines that lie too far apart, and names the second', async () => {
    const orders = await grouped(['a', 'b', 'b', 'b', 'a', 'a'], 2);
    expect(orders.map(({ reference }) => reference).sort()).toEqual(['a', 'a/2', 'b']);
  });

  it('loses and doubles no line, and gives the same orders again', async () => {
    const files = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 20 }), async (orders, apart) => {
        const once = await grouped(orders, apart);
        expect(once.flatMap(linesIn).sort((a, b) => a - b)).toEqual(orders.map((_, i) => i + 2));
        expect(new Set(once.map(({ reference }) => reference)).size).toBe(once.length);
        expect(await grouped(orders, apart)).toEqual(once);
      }),
    );
  });
});
