import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../shared/random/random.ts';
import { poissonRise } from '../../../shared/statistics/poisson-rise.ts';

/** The same by integers: the sum of binomial coefficients as a share of 2ⁿ, rounded once. */
function exactly(now: number, before: number): number {
  const total = now + before;
  let coefficient = 1n;
  let sum = 0n;
  for (let heads = total; heads >= now; heads -= 1) {
    sum += coefficient;
    coefficient = (coefficient * BigInt(heads)) / BigInt(total - heads + 1);
  }
  const bits = sum.toString(2);
  const kept = bits.slice(0, 60);
  return Number(BigInt(`0b${kept}`)) * 2 ** (bits.length - kept.length - total);
}

describe('poissonRise()', () => {
  it.each([
    [8, 2, 56 / 1_024],
    [10, 0, 1 / 1_024],
    [1, 0, 1 / 2],
    [0, 0, 1],
    [0, 9, 1],
    [5, 5, 638 / 1_024],
    [1_000_000, 0, 0],
  ])('of %i after %i is %d', (now, before, expected) => {
    expect(poissonRise(now, before)).toBe(expected);
  });

  it('is what integers give', () => {
    const counts = integer({ min: 0, max: 400 });
    assert(
      property(counts, counts, (now, before) => {
        const expected = exactly(now, before);
        expect(Math.abs(poissonRise(now, before) - expected)).toBeLessThanOrEqual(expected * 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  it('is what integers give also of many, and far out', () => {
    for (const [now, before] of [
      [2_600, 2_400],
      [900, 100],
      [20_000, 19_500],
    ] as const) {
      const expected = exactly(now, before);
      expect(Math.abs(poissonRise(now, before) - expected)).toBeLessThanOrEqual(expected * 1e-12);
    }
  });

  it('falls with what is now and rises with what was before', () => {
    const counts = integer({ min: 0, max: 300 });
    assert(
      property(counts, counts, (now, before) => {
        expect(poissonRise(now + 1, before)).toBeLessThanOrEqual(poissonRise(now, before));
        expect(poissonRise(now, before + 1)).toBeGreaterThanOrEqual(poissonRise(now, before));
      }),
    );
  });

  it('refuses what is no count', () => {
    expect(() => poissonRise(-1, 2)).toThrow('received -1 and 2');
    expect(() => poissonRise(1, 0.5)).toThrow('received 1 and 0.5');
  });

  it('raises no more false alarms than it says where orders come by chance, and lines would', () => {
    const random = createRandom(7);
    const rounds = 20_000;
    let ofOrders = 0;
    let ofLines = 0;
    for (let round = 0; round < rounds; round += 1) {
      const [now, before] = [orders(random), orders(random)];
      if (poissonRise(now.length, before.length) < 0.01) ofOrders += 1;
      if (poissonRise(sumOf(now), sumOf(before)) < 0.01) ofLines += 1;
    }
    expect(ofOrders / rounds).toBeLessThan(0.01);
    expect(ofLines / rounds).toBeGreaterThan(0.09);
  });
});

/** Lines of each order of a minute: 20 orders on average, by the times between them. */
function orders(random: Random): number[] {
  const lines: number[] = [];
  for (let at = gap(random); at < 20; at += gap(random)) lines.push(random.integer(1, 5));
  return lines;
}

function gap(random: Random): number {
  return -Math.log(1 - random.next());
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
