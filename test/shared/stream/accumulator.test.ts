import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, sum } from '../../../shared/stream/accumulator.ts';
import { itIsAnAccumulator } from './accumulator-laws.ts';

const integer = fc.integer({ min: -1e6, max: 1e6 });

describe('count()', () => {
  itIsAnAccumulator(count(), integer, (values) => values.length);
  itIsAnAccumulator(
    count<number>((value) => value > 0),
    integer,
    (values) => values.filter((value) => value > 0).length,
  );
});

describe('sum()', () => {
  const total = sum<number>((value) => value);

  itIsAnAccumulator(total, integer, (values) => values.reduce((left, right) => left + right, 0));

  it('refuses a sum that a double cannot hold exactly', () => {
    expect(() => total.add(Number.MAX_SAFE_INTEGER, 1)).toThrow('no safe integer');
    expect(() => total.merge(Number.MIN_SAFE_INTEGER, -1)).toThrow('no safe integer');
  });
});
