import type { Block } from './blocks.ts';

const columnMin = 58;
const gap = 3;
/** Stands to the right of its column. */
const isFigure = /^[+−-]?\p{Sc}?\d[\d.,]*\s?(%|\p{Sc}|s|ms)?$/u;

/** A line for a terminal; a title stands out where that can be. */
export type Styled = (text: string, style: 'title' | 'plain') => string;

/**
 * Blocks beside each other, in as many columns as there is room for. No line is wider than the
 * screen, and no control character gets through: names are anybody's text.
 */
export function layOut(blocks: readonly Block[], width: number, style: Styled): string[] {
  const count = Math.max(1, Math.floor((width + gap) / (columnMin + gap)));
  const columnWidth = Math.floor((width - gap * (count - 1)) / count);
  const columns = Array.from({ length: count }, (): string[][] => []);
  for (const block of blocks) {
    const shortest = columns.reduce((one, other) => (other.length < one.length ? other : one));
    shortest.push(...linesOf(block, columnWidth));
  }
  const height = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, index) =>
    columns
      .map((column) => {
        const [text = '', kind] = column[index] ?? [];
        return style(fit(text, columnWidth), kind === 'title' ? 'title' : 'plain');
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function linesOf({ title, aside = '', rows, empty }: Block, width: number): string[][] {
  const head = aside === '' ? title : `${title} · ${aside}`;
  const body =
    rows.length === 0
      ? [empty]
      : tableLines(
          rows.map((row) => row.map(plain)),
          width,
        );
  return [[plain(head), 'title'], ...body.map((line) => [`  ${line}`]), ['']];
}

/** Rows of one cell are sentences: they go over more lines, and give no column its width. */
function tableLines(rows: readonly (readonly string[])[], width: number): string[] {
  const inner = width - 2;
  const widths: number[] = [];
  for (const row of rows.filter(({ length }) => length > 1)) {
    row.forEach((cell, place) => {
      widths[place] = Math.max(widths[place] ?? 0, [...cell].length);
    });
  }
  // The widest column gives way where the others would not fit.
  const all = widths.reduce((sum, cells) => sum + cells + 2, -2);
  const widest = widths.indexOf(Math.max(...widths));
  if (all > inner) widths[widest] = Math.max(8, (widths[widest] ?? 0) - (all - inner));
  return rows.flatMap((row) => {
    if (row.length === 1) return wrapped(row[0] ?? '', inner);
    const cells = row.map((cell, place) => {
      const cut = fit(cell, widths[place] ?? 0);
      return isFigure.test(cell) && place > 0 ? cut.trimEnd().padStart(cut.length) : cut;
    });
    return [cells.join('  ').trimEnd()];
  });
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').replaceAll('\u00a0', ' ');
}

/** Exactly so many characters: cut with a sign that it was, or filled up. */
function fit(text: string, width: number): string {
  const letters = [...text];
  if (letters.length > width) return `${letters.slice(0, Math.max(0, width - 1)).join('')}…`;
  return text + ' '.repeat(width - letters.length);
}
