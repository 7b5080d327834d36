import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pastedToken } from '../../web/pasted-token.ts';

const part = fc.stringMatching(/^[\w-]{1,80}$/);
const token = fc.tuple(part, part, part).map((parts) => parts.join('.'));
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

test('pastedToken() takes a token as it is, in a header, in quotes, and broken into lines', () => {
  const before = fc.constantFrom('', 'Bearer ', 'bearer  ', 'authorization: Bearer ', '"', "'");
  fc.assert(
    fc.property(token, before, space, fc.nat(200), (whole, word, gap, at) => {
      const broken = `${gap}${word}${whole.slice(0, at)}${gap}${whole.slice(at)}${gap}`;
      expect(pastedToken(broken)).toBe(whole);
    }),
  );
});

test('pastedToken() takes nothing that cannot be a token, so that no header is refused for it', () => {
  const command = 'npm run -s token -- --role analyst';
  for (const text of ['', ' ', command, 'a.b', 'a.b.c.d', 'a..c', 'ä.b.c', 'a.b.c\u0000', '{}']) {
    expect(pastedToken(text), text).toBeUndefined();
  }
});
