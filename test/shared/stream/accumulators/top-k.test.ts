import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ranked, topK } from '../../../../shared/stream/accumulators/top-k.ts';
import { itIsAnAccumulator } from '../accumulator-laws.ts';

interface Sale {
  readonly product: string | undefined;
  readonly pieces: number;
}

const sale: fc.Arbitrary<Sale> = fc.record({
  product: fc.option(fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.string()), {
    nil: undefined,
  }),
  pieces: fc.integer({ min: -3, max: 9 }),
});

function rank(sales: readonly Sale[], weight: (sale: Sale) => number): Ranked[] {
  const products = new Set(sales.map(({ product }) => product).filter((one) => one !== undefined));
  return Array.from(products, (item) => ({
    item,
    weight: sales
      .filter(({ product }) => product === item)
      .reduce((total, one) => total + weight(one), 0),
  })).sort((a, b) => b.weight - a.weight || (a.item < b.item ? -1 : 1));
}

describe('topK()', () => {
  itIsAnAccumulator(
    topK<Sale>(3, ({ product }) => product),
    sale,
    (sales) => rank(sales, () => 1).slice(0, 3),
  );
  itIsAnAccumulator(
    topK<Sale>(2, ({ product }) => product, { weight: ({ pieces }) => pieces, withTies: true }),
    sale,
    (sales) => {
      const all = rank(sales, ({ pieces }) => pieces);
      const least = all[1]?.weight ?? Number.NEGATIVE_INFINITY;
      return all.filter(({ weight }) => weight >= least);
    },
  );

  it.each([0, -1, 1.5])('refuses a k of %s', (k) => {
    expect(() => topK(k, String)).toThrow(`received ${k}`);
  });
});
