import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { firstBy } from '../../../shared/statistics/first-by.ts';

test('firstBy() is sorting and cutting', () => {
  const weights = array(integer({ min: 0, max: 9 }), { maxLength: 200 });
  assert(
    property(weights, integer({ min: 0, max: 20 }), (list, most) => {
      const items = list.map((weight, id) => ({ weight, id }));
      const compare = (a: { weight: number; id: number }, b: { weight: number; id: number }) =>
        b.weight - a.weight || a.id - b.id;
      expect(firstBy(items, most, compare)).toEqual(items.toSorted(compare).slice(0, most));
    }),
  );
});

test('firstBy() refuses a number that is none', () => {
  expect(() => firstBy([], -1, () => 0)).toThrow('received -1');
});
