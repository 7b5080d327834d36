import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, mergeTotals, sum, type Totals } from '../../../shared/stream/accumulator.ts';

const accumulators = [count<number>((value) => value > 0), sum<number>((value) => value)];

function fold(values: readonly number[]): Totals {
  return values.reduce<Totals>(
    (totals, value) => accumulators.map((one, index) => one.add(totals[index] ?? one.zero, value)),
    accumulators.map(({ zero }) => zero),
  );
}

describe('accumulators', () => {
  it('give the same however the events are dealt and in whatever order they are merged', () => {
    const events = fc.array(fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(3)));
    fc.assert(
      fc.property(events, (dealt) => {
        const parts = [3, 1, 0, 2].map((part) =>
          fold(dealt.filter(([, to]) => to === part).map(([value]) => value)),
        );
        const merged = parts.reduce<Totals | undefined>(
          (totals, part) => mergeTotals(accumulators, totals, part),
          undefined,
        );
        expect(merged).toEqual(fold(dealt.map(([value]) => value)));
      }),
    );
  });

  it('refuse a sum that a double cannot hold exactly', () => {
    const total = sum<number>((value) => value);
    expect(() => total.add(Number.MAX_SAFE_INTEGER, 1)).toThrow('no safe integer');
  });
});
