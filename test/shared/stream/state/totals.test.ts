import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, sum } from '../../../../shared/stream/accumulator.ts';
import { Totals } from '../../../../shared/stream/state/totals.ts';

interface Sale {
  readonly key: string;
  readonly cents: number;
}
const fields = {
  sales: count<Sale>(),
  cents: sum(({ cents }: Sale) => {
    if (cents < 0) throw new RangeError('no such amount');
    return cents;
  }),
};
const sales = fc.array(
  fc.record({ key: fc.constantFrom('a', 'b', 'é', '__proto__', ''), cents: fc.nat(1_000) }),
  { maxLength: 30 },
);

function totalsOf(all: readonly Sale[]) {
  const totals = new Totals<Sale, typeof fields>(fields);
  for (const sale of all) totals.add(sale.key, sale);
  return totals;
}

/** Without the order in which keys came. */
function shown(totals: Totals<Sale, typeof fields>) {
  return new Map([...totals.values()].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('Totals', () => {
  it('adds up per key what merging and unpacking parts adds up', () => {
    fc.assert(
      fc.property(sales, sales, fc.integer({ min: 1, max: 100 }), (left, right, bytesMax) => {
        const wanted = shown(totalsOf([...left, ...right]));
        const merged = totalsOf(left);
        const other = totalsOf(right);
        merged.merge(other);
        expect(shown(merged)).toEqual(wanted);
        expect(shown(other)).toEqual(shown(totalsOf(right)));
        const unpacked = totalsOf([]);
        unpacked.unpack(totalsOf(left).pack());
        for (const part of other.packInParts(bytesMax)) unpacked.unpack(part);
        expect(shown(unpacked)).toEqual(wanted);
        expect(unpacked.size).toBe(wanted.size);
      }),
    );
  });

  it('packs keys and states in columns, in parts no longer than wanted', () => {
    const totals = totalsOf(['a', 'b', 'c'].map((key, cents) => ({ key, cents })));
    expect(totals.pack()).toBe('[["a","b","c"],[1,1,1],[0,1,2]]');
    expect([...totals.packInParts(100)]).toEqual(['[["a","b"],[1,1],[0,1]]', '[["c"],[1],[2]]']);
    expect([...totals.packInParts(1)]).toHaveLength(3);
    expect([...totalsOf([]).packInParts(100)]).toEqual([]);
  });

  it('holds nothing of an event that a new key could not take', () => {
    const totals = totalsOf([{ key: 'a', cents: 1 }]);
    expect(() => totals.add('b', { key: 'b', cents: -1 })).toThrow('no such amount');
    totals.add('c', { key: 'c', cents: 3 });
    expect(totals.isSpoiled).toBe(false);
    expect(totals.pack()).toBe('[["a","c"],[1,1],[1,3]]');
  });

  it('says that it is spoiled when a known key took an event half-way', () => {
    const totals = totalsOf([{ key: 'a', cents: 1 }]);
    expect(() => totals.add('a', { key: 'a', cents: -1 })).toThrow('no such amount');
    expect(totals.isSpoiled).toBe(true);
  });
});
