import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../../shared/random/random.ts';

test('createRandom() gives the same numbers for the same seed and others for another', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => random.next());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('createRandom() stays within its bounds and reaches both', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -5, max: 5 }), fc.nat(4), (seed, min, width) => {
      const random = createRandom(seed);
      const drawn = new Set(Array.from({ length: 400 }, () => random.integer(min, min + width)));
      expect(Math.min(...drawn)).toBe(min);
      expect(Math.max(...drawn)).toBe(min + width);
    }),
  );
});

test('createRandom() is even: each tenth gets its share', () => {
  const random = createRandom(1);
  const tenths = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw++) {
    const tenth = Math.floor(random.next() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test('createRandom() refuses a seed with a fraction, pick() an empty list', () => {
  expect(() => createRandom(0.5)).toThrow('the seed must be whole: received 0.5');
  expect(() => createRandom(1).pick([])).toThrow('the list is empty');
});

test('createRandom() lets chance() hold in its share of the cases, never at 0, always at 1', () => {
  const random = createRandom(2);
  const share = (of: number) =>
    Array.from({ length: 10_000 }, () => random.chance(of)).filter(Boolean).length;
  expect(share(0)).toBe(0);
  expect(share(1)).toBe(10_000);
  expect(Math.abs(share(0.3) - 3_000)).toBeLessThan(200);
});
