import type { SqlResult } from '../../shared/lake/run-sql.ts';

/** Types whose values stand to the right in a table. */
const numeric = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'decimal', 'float', 'double']);

/** A result as a table for people: NULL visible, what it cost below. */
export function resultTable({ columns, rows, tookMs, bytesScanned }: SqlResult): string {
  const shown = rows.map((row) => row.map((value) => (value === null ? 'NULL' : oneLine(value))));
  const names = columns.map(({ name }) => oneLine(name));
  const widths = names.map((name, place) =>
    shown.reduce(
      (width, row) => Math.max(width, displayWidth(row[place] ?? '')),
      displayWidth(name),
    ),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, place) => {
        const space = ' '.repeat(Math.max(0, (widths[place] ?? 0) - displayWidth(cell)));
        return numeric.has(columns[place]?.type ?? '') ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  const cost = `${(tookMs / 1000).toFixed(2)} s, ${bytesText(bytesScanned)} read`;
  return [line(names), rule, ...shown.map(line), '', `${count}, ${cost}`].join('\n');
}

export function resultJson({ columns, rows }: SqlResult): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, place) => [name, row[place] ?? null])),
  );
  return JSON.stringify(objects, null, 2);
}

/** RFC 4180, with NULL as nothing and an empty text as `""`. */
export function resultCsv({ columns, rows }: SqlResult): string {
  const cell = (value: string | null): string => {
    if (value === null) return '';
    return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  };
  return [columns.map(({ name }) => name), ...rows]
    .map((row) => row.map(cell).join(','))
    .join('\n');
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const size = bytes / 1000 ** power;
  return `${power === 0 ? size : size.toFixed(1)} ${units[power]}`;
}

function oneLine(value: string): string {
  return value.replace(/[\r\n\t]+/g, ' ');
}

const wide =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/u;
const segmenter = new Intl.Segmenter();

/** Columns that a terminal gives a text: two for East Asian characters and pictographs. */
function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}
