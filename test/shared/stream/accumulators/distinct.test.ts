import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinct } from '../../../../shared/stream/accumulators/distinct.ts';
import { itIsAnAccumulator } from '../accumulator-laws.ts';

const text = fc.option(fc.oneof(fc.nat(20).map(String), fc.string()), { nil: undefined });

function present(texts: readonly (string | undefined)[]): Set<string> {
  return new Set(texts.filter((one) => one !== undefined));
}

describe('distinct() while it is exact', () => {
  itIsAnAccumulator(
    distinct<string | undefined>((one) => one),
    text,
    (texts) => ({ estimate: present(texts).size, exact: true }),
  );

  it('is exact up to the stated number, and says so', () => {
    const few = distinct<string>((one) => one, { exactMax: 3 });
    const told = (texts: readonly string[]) =>
      few.value(texts.reduce((state, one) => few.add(state, one), few.zero()));
    expect(told(['a', 'b', 'c', 'a'])).toEqual({ estimate: 3, exact: true });
    expect(told(['a', 'b', 'c', 'd'])).toMatchObject({ exact: false });
  });
});

describe('distinct() beyond', () => {
  const rough = distinct<string | undefined>((one) => one, { exactMax: 5, precision: 8 });

  itIsAnAccumulator(rough, text, (texts) => {
    // The one state of the set: whatever way leads to it must give its value.
    const state = [...present(texts)].sort().reduce((to, one) => rough.add(to, one), rough.zero());
    return rough.value(state);
  });
});

describe('distinct() refuses', () => {
  it.each([{ precision: 7 }, { precision: 15 }, { precision: 8.5 }, { exactMax: -1 }])(
    '%o',
    (options) => {
      expect(() => distinct(String, options)).toThrow(
        `received ${options.precision ?? options.exactMax}`,
      );
    },
  );
});
