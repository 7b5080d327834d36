import type { ReadRecord } from './read-record.ts';

const headEvery = 40;
/** A name of a product may be long. */
const widthMax = 60;
const breaks = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * Lines for people. Records of one kind stand in columns under a head; where kinds are mixed each
 * value stands behind its name.
 *
 * @returns lines of one record; the first of a table is its head.
 */
export function lineWriter(isOneKind: boolean): (time: string, record: ReadRecord) => string[] {
  const widths: number[] = [];
  let written = 0;
  return (time, { kind, cells }) => {
    const plain = cells.map(([name, value]) => [name, oneLine(value)] as const);
    if (!isOneKind) {
      return [
        [time, kind.padEnd(17), ...plain.map(([name, value]) => `${name}=${value}`)]
          .join('  ')
          .trimEnd(),
      ];
    }
    const rows = written % headEvery === 0 ? [plain.map(([name]) => name)] : [];
    rows.push(plain.map(([, value]) => value));
    written += 1;
    for (const row of rows) {
      row.forEach((text, place) => {
        widths[place] = Math.min(widthMax, Math.max(widths[place] ?? 0, text.length));
      });
    }
    return rows.map((row, place) => {
      const first = place < rows.length - 1 ? 'arrived' : time;
      const padded = row.map((text, column) => text.padEnd(widths[column] ?? 0));
      return [first.padEnd(time.length), ...padded].join('  ').trimEnd();
    });
  };
}

function oneLine(text: string): string {
  return text.replaceAll(breaks, ' ');
}
