import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binColumn, chooseCuts } from '../../../cli/train/bin-columns.ts';

const value = fc.oneof(
  fc.constant(Number.NaN),
  fc.integer({ min: -5, max: 5 }),
  fc.float({ noNaN: true }),
);

describe('binColumn()', () => {
  test('puts each value below the cuts that are above it, and the missing into bin 0', () => {
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 2, max: 20 }), (values, maxBins) => {
        const column = Float32Array.from(values);
        const cuts = chooseCuts(column, maxBins);
        expect(cuts.length).toBeLessThan(maxBins);
        const { bins, hasMissing } = binColumn(column, cuts);
        expect(hasMissing).toBe(values.some(Number.isNaN));
        column.forEach((each, row) => {
          const below = cuts.filter((cut) => each >= cut).length;
          expect(bins[row]).toBe(Number.isNaN(each) ? 0 : below + 1);
        });
      }),
    );
  });

  test('gives few values a bin each, and many values bins of about the same size', () => {
    const few = Float32Array.from({ length: 1_000 }, (_, row) => row % 7);
    expect([...chooseCuts(few, 255)]).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
    const many = Float32Array.from({ length: 10_000 }, (_, row) => row ** 2);
    const { bins } = binColumn(many, chooseCuts(many, 10));
    const sizes = Array.from({ length: 10 }, (_, bin) => bins.filter((b) => b === bin + 1).length);
    for (const size of sizes) expect(size).toBe(1_000);
  });

  test('parts neighbours between which there is no other 32-bit number', () => {
    const lower = Math.fround(1);
    const upper = Math.fround(1 + 2 ** -23);
    const column = Float32Array.of(lower, upper);
    expect([...binColumn(column, chooseCuts(column, 2)).bins]).toEqual([1, 2]);
  });
});
