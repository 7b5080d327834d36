import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareSequenceNumbers } from '../../../shared/stream/record.ts';

it('compareSequenceNumbers() orders decimal texts as the integers they are', () => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 60n });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const wanted = a < b ? -1 : a > b ? 1 : 0;
      expect(Math.sign(compareSequenceNumbers(String(a), String(b)))).toBe(wanted);
    }),
  );
});
