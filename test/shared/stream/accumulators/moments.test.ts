import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moments } from '../../../../shared/stream/accumulators/moments.ts';
import { itIsAnAccumulator } from '../accumulator-laws.ts';

const of = moments<number | undefined>((value) => value);
const safeInteger = fc.option(fc.maxSafeInteger(), { nil: undefined });

function tell(values: readonly number[]) {
  return of.value(values.reduce((state, value) => of.add(state, value), of.zero()));
}

describe('moments()', () => {
  itIsAnAccumulator(of, safeInteger, (values) => {
    const present = values.filter((value) => value !== undefined).map(BigInt);
    const count = present.length;
    const sum = present.reduce((left, right) => left + right, 0n);
    if (count === 0) {
      return { count, sum: 0, mean: null, variance: null, standardDeviation: null };
    }
    // Distances from the mean, n times as long to stay integers.
    const squares = present
      .map((value) => (BigInt(count) * value - sum) ** 2n)
      .reduce((left, right) => left + right, 0n);
    const variance = Number(squares / BigInt(count)) / count / count;
    return {
      count,
      sum: Number(sum),
      mean: Number(sum) / count,
      variance: expect.closeTo(variance, -Math.log10(variance * 1e-14 + 1)),
      standardDeviation: expect.closeTo(Math.sqrt(variance), -Math.log10(variance * 1e-14 + 1)),
    };
  });

  it('tells the moments of a known population', () => {
    expect(tell([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
      count: 8,
      sum: 40,
      mean: 5,
      variance: 4,
      standardDeviation: 2,
    });
  });

  it('loses nothing where the mean is large and the variance small', () => {
    const far = 9_000_000_000_000_000;
    expect(tell([far + 4, far + 7, far + 13, far + 16])).toMatchObject({ variance: 22.5 });
  });

  it('refuses a number that is no integer', () => {
    expect(() => tell([1.5])).toThrow('must be a safe integer: received 1.5');
  });
});
