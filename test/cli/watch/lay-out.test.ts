import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOut, type Styled } from '../../../cli/watch/lay-out.ts';
import { spark } from '../../../cli/watch/spark.ts';

const plain: Styled = (text) => text;
const block = (title: string, rows: string[][]) => ({ title, rows, empty: 'nothing yet' });

test('layOut() puts cells under each other, figures to the right, sentences over more lines', () => {
  const rows = [
    ['Camera', '7', '$120'],
    ['Cable', '1,204', '−3.5%'],
    ['a sentence that is longer than the screen is wide goes on below it'],
  ];
  expect(layOut([{ ...block('Sold', rows), aside: '5m' }], 40, plain)).toEqual([
    'Sold · 5m',
    '  Camera      7   $120',
    '  Cable   1,204  −3.5%',
    '  a sentence that is longer than the',
    '  screen is wide goes on below it',
    '',
  ]);
});

test('layOut() says what a block waits for, and puts blocks beside each other where there is room', () => {
  const blocks = [block('One', [['a', 'b']]), block('Two', [])];
  expect(layOut(blocks, 60, plain)).toEqual(['One', '  a  b', '', 'Two', '  nothing yet', '']);
  expect(layOut(blocks, 120, plain)).toEqual([
    `One${' '.repeat(58)}Two`,
    `  a  b${' '.repeat(57)}nothing yet`,
    '',
  ]);
});

test('layOut() lets no line past the width of the screen, and no control character through', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('\u001b[2J', 'a\nb', '\u202e', 'word '.repeat(30)),
  );
  const row = fc.array(text, { minLength: 2, maxLength: 5 });
  const blocks = fc.array(
    fc.record({ title: text, aside: text, rows: fc.array(row), empty: fc.constant('none') }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(blocks, fc.integer({ min: 40, max: 250 }), (given, width) => {
      for (const line of layOut(given, width, plain)) {
        expect([...line].length).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }
    }),
  );
});

test('spark() has a bar for each value, the highest for the most', () => {
  expect(spark([0, 1, 4, 8])).toBe('▁▁▄█');
  expect(spark([-5, 0])).toBe('▁▁');
  expect(spark([])).toBe('');
});
