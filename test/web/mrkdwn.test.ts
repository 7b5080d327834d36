import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MrkdwnToken, parseMrkdwn } from '../../web/mrkdwn.ts';

const text = (words: string): MrkdwnToken => ({ kind: 'text', text: words });

test('parseMrkdwn() finds bold, italic, struck, code, links and emoji', () => {
  expect(parseMrkdwn('*big* _thin_ ~gone~ `x*y*`')).toEqual([
    { kind: 'bold', tokens: [text('big')] },
    text(' '),
    { kind: 'italic', tokens: [text('thin')] },
    text(' '),
    { kind: 'strike', tokens: [text('gone')] },
    text(' '),
    { kind: 'code', text: 'x*y*' },
  ]);
  expect(parseMrkdwn('see <https://shop.example/?a=1&amp;b=2|order &lt;7&gt;>')).toEqual([
    text('see '),
    { kind: 'link', url: 'https://shop.example/?a=1&b=2', text: 'order <7>' },
  ]);
  expect(parseMrkdwn(':warning: :no_such_thing:')).toEqual([
    text('⚠️'),
    text(' '),
    text(':no_such_thing:'),
  ]);
});

test('parseMrkdwn() nests', () => {
  expect(parseMrkdwn('*very _much_*')).toEqual([
    { kind: 'bold', tokens: [text('very '), { kind: 'italic', tokens: [text('much')] }] },
  ]);
});

test('parseMrkdwn() makes no link of another scheme', () => {
  expect(parseMrkdwn('<javascript:alert(1)|click>')).toEqual([text('click')]);
  expect(parseMrkdwn('<!here> <@U1>')).toEqual([text('@here'), text(' '), text('@U1')]);
});

test('parseMrkdwn() leaves signs inside words alone', () => {
  expect(parseMrkdwn('high_value_order 2*3*4')).toEqual([text('high_value_order 2*3*4')]);
});

test('parseMrkdwn() keeps text without markup as it is', () => {
  fc.assert(
    fc.property(
      fc.string().map((any) => any.replaceAll(/[*_~`<>:&]/g, '')),
      (plain) => {
        expect(parseMrkdwn(plain)).toEqual(plain === '' ? [] : [text(plain)]);
      },
    ),
  );
});
