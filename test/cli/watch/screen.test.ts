import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openScreen } from '../../../cli/watch/screen.ts';

function terminal(rows: number) {
  const written: string[] = [];
  const out = Object.assign(new PassThrough(), { rows, columns: 80 });
  out.on('data', (text) => written.push(String(text)));
  return { out: out as unknown as NodeJS.WriteStream, written };
}

test('openScreen() draws over what stood there and leaves the terminal as it was', () => {
  const { out, written } = terminal(5);
  const screen = openScreen(out);
  screen.draw(['one', 'two']);
  screen.leave();
  expect(written).toEqual([
    '\u001b[?1049h\u001b[?25l',
    '\u001b[Hone\u001b[K\ntwo\u001b[K\u001b[J',
    '\u001b[?25h\u001b[?1049l',
  ]);
});

test('openScreen() says how much has no room', () => {
  const { out, written } = terminal(2);
  openScreen(out).draw(['one', 'two', 'three']);
  expect(written.at(-1)).toContain('one\u001b[K\n… 2 lines more');
  expect(written.at(-1)).not.toContain('two');
});
