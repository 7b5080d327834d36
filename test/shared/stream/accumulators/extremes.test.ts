import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { max, min } from '../../../../shared/stream/accumulators/extremes.ts';
import { itIsAnAccumulator } from '../accumulator-laws.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0);
const perhaps = fc.option(number, { nil: undefined });

function present(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

describe('min()', () => {
  itIsAnAccumulator(
    min<number | undefined>((value) => value),
    perhaps,
    (values) => present(values).sort((a, b) => a - b)[0] ?? null,
  );
});

describe('max()', () => {
  const largest = max<number | undefined>((value) => value);

  itIsAnAccumulator(largest, perhaps, (values) => present(values).sort((a, b) => b - a)[0] ?? null);

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (value) => {
    expect(() => largest.add(null, value)).toThrow('must be finite');
  });

  it('knows one zero', () => {
    expect(largest.add(null, -0)).toBe(0);
  });
});
