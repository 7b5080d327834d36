import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../functions/insights-api/cursor.ts';

test('decodeCursor() reads what encodeCursor() wrote', () => {
  const visitors = fc.option(fc.string(), { nil: undefined });
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(), visitors, (generation, startMs, visitor) => {
      const ofSession = visitor === undefined ? {} : { visitor };
      const cursor = { job: 'revenue', generation: generation + 1, startMs, ...ofSession };
      expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
    }),
  );
});

test('decodeCursor() takes any text, and gives undefined for what is no cursor', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const cursor = decodeCursor(text);
      if (cursor !== undefined) expect(cursor.generation).toBeGreaterThan(0);
    }),
  );
  for (const json of [
    '{}',
    '[1,2]',
    '["a",0,5]',
    '["a",1,-5]',
    '["a",1,2,3]',
    '["a","1",2]',
    '["a",1,2.5]',
  ]) {
    expect(decodeCursor(Buffer.from(json).toString('base64url'))).toBeUndefined();
  }
});
