import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareRise } from '../../../shared/statistics/share-rise.ts';
import { exactShareRise } from '../../fixtures/exact-share-rise.ts';

const share = (wholeMax: number) =>
  fc
    .tuple(fc.nat(wholeMax), fc.nat(wholeMax))
    .map(([one, other]) => ({ part: Math.min(one, other), whole: Math.max(one, other) }));

describe('shareRise()', () => {
  it('is what Fisher gives for the lady who tastes tea', () => {
    expect(shareRise({ part: 4, whole: 4 }, { part: 0, whole: 4 })).toBeCloseTo(1 / 70, 15);
    expect(shareRise({ part: 3, whole: 4 }, { part: 1, whole: 4 })).toBeCloseTo(17 / 70, 15);
  });

  it('says nothing where nothing came before, or nothing is there', () => {
    expect(shareRise({ part: 90, whole: 100 }, { part: 0, whole: 0 })).toBe(1);
    expect(shareRise({ part: 0, whole: 100 }, { part: 5, whole: 10 })).toBe(1);
    expect(shareRise({ part: 100, whole: 100 }, { part: 7, whole: 7 })).toBe(1);
  });

  it('is what integers give', () => {
    fc.assert(
      fc.property(share(300), share(300), (now, before) => {
        const expected = exactShareRise(now, before);
        expect(Math.abs(shareRise(now, before) - expected)).toBeLessThanOrEqual(expected * 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  it('is what integers give also of many, and far out', () => {
    for (const [now, before] of [
      [
        { part: 2_600, whole: 20_000 },
        { part: 2_400, whole: 20_000 },
      ],
      [
        { part: 600, whole: 9_000 },
        { part: 30, whole: 11_000 },
      ],
      [
        { part: 3_000, whole: 3_100 },
        { part: 40, whole: 3_000 },
      ],
    ] as const) {
      const expected = exactShareRise(now, before);
      expect(Math.abs(shareRise(now, before) - expected)).toBeLessThanOrEqual(expected * 1e-12);
    }
  });

  it('falls with the part that is there now', () => {
    fc.assert(
      fc.property(share(200), share(200), (now, before) => {
        fc.pre(now.part < now.whole);
        const more = { ...now, part: now.part + 1 };
        expect(shareRise(more, before)).toBeLessThanOrEqual(shareRise(now, before) + 1e-14);
      }),
    );
  });

  it('refuses what was not counted', () => {
    expect(() => shareRise({ part: 3, whole: 2 }, { part: 0, whole: 0 })).toThrow(
      'Cannot compare shares: a part must be an integer from 0 to its whole: received 3 of 2',
    );
  });
});
