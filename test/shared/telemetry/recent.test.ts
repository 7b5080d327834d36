import { describe, expect, it } from 'vitest';
import { percentiles, Recent } from '../../../shared/telemetry/recent.ts';

describe('Recent', () => {
  it('forgets what is older than its span', () => {
    const recent = new Recent(1_000, 100);
    recent.add(0, [5]);
    recent.add(600, [7, 9]);
    expect(recent.percentiles(999)).toEqual({ p50: 7, p99: 9 });
    expect(recent.perSecond(999)).toBe(3);
    expect(recent.percentiles(1_000)).toEqual({ p50: 7, p99: 9 });
    expect(recent.percentiles(1_600)).toBeNull();
    expect(recent.perSecond(1_600)).toBe(0);
  });

  it('keeps the newest of more samples than it holds', () => {
    const recent = new Recent(1_000, 3);
    recent.add(0, [1, 2]);
    recent.add(10, [3, 4]);
    expect(recent.percentiles(10)).toEqual({ p50: 3, p99: 4 });
  });

  it('tells a rate that is higher than it has room for samples', () => {
    const recent = new Recent(60_000, 20_000);
    for (let second = 0; second < 60; second += 1) {
      recent.add(
        second * 1_000,
        Array.from({ length: 1_000 }, () => 5),
      );
    }
    expect(recent.perSecond(59_000)).toBeGreaterThan(950);
    expect(recent.perSecond(59_000)).toBeLessThan(1_100);
  });

  it('tells a rate also when all came in the same millisecond', () => {
    const recent = new Recent(1_000, 2);
    recent.add(5, [1, 1]);
    expect(recent.perSecond(5)).toBe(2_000);
  });
});

describe('percentiles()', () => {
  it('gives the nearest rank of values in any order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(values)).toEqual({ p50: 50, p99: 99 });
    expect(percentiles([3])).toEqual({ p50: 3, p99: 3 });
    expect(percentiles([10, 2])).toEqual({ p50: 2, p99: 10 });
  });

  it('is null without values', () => {
    expect(percentiles([])).toBeNull();
  });
});
