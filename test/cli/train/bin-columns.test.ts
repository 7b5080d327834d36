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

  test('gives few values a bin each', () => {
    const few = Float32Array.from({ length: 1_000 }, (_, row) => row % 7);
    expect([...chooseCuts(few, 255)]).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
  });

  test('gives many values bins of the same size, and the ends of them ever smaller ones', () => {
    const many = Float32Array.from({ length: 9_600 }, (_, row) => row ** 2);
    const { bins } = binColumn(many, chooseCuts(many, 16));
    const sizes = Array.from({ length: 16 }, (_, bin) => bins.filter((b) => b === bin + 1).length);
    expect(sizes).toEqual([9, 77, 714, ...Array(10).fill(800), 714, 77, 9]);
  });

  test('parts neighbours between which there is no other 32-bit number', () => {
    const lower = Math.fround(1);
    const upper = Math.fround(1 + 2 ** -23);
    const column = Float32Array.of(lower, upper);
    expect([...binColumn(column, chooseCuts(column, 2)).bins]).toEqual([1, 2]);
  });
});
