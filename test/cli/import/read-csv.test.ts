import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type CsvOptions, type CsvRecord, openCsv } from '../../../cli/import/read-csv.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'csv-'));
const file = path.join(folder, 'file.csv');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array, options?: CsvOptions) {
  writeFileSync(file, content);
  const csv = await openCsv(file, options);
  const records: CsvRecord[] = [];
  for await (const record of csv.records) records.push(record);
  expect(csv.share()).toBe(1);
  return { columns: csv.columns, records };
}

const cell = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '"',
    '""',
    ',',
    ';',
    '\n',
    '\r\n',
    'a "quoted" word',
    'São\nPaulo',
    '日本',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\ufffd')),
);

test('openCsv() gives back what was written, each on its line, whatever its fields hold', async () => {
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 12 }),
      columns: fc.constant(Array.from({ length: width }, (_, at) => `c${at}`)),
      end: fc.constantFrom('\n', '\r\n', '\r'),
      delimiter: fc.constantFrom(',', ';', '\t'),
      bom: fc.boolean(),
      blanks: fc.array(fc.nat(2), { minLength: 13, maxLength: 13 }),
      closed: fc.boolean(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(table, async ({ rows, columns, end, delimiter, bom, blanks, closed }) => {
      const lineOf = (cells: readonly string[]) =>
        cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter);
      let written = `${bom ? '\ufeff' : ''}${columns.join(delimiter)}`;
      const expected = rows.map((cells, at) => {
        written += end.repeat(1 + (blanks[at] ?? 0));
        const line = 1 + (written.match(/\r\n|\n|\r/g)?.length ?? 0);
        written += lineOf(cells);
        return {
          line,
          fields: Object.fromEntries(columns.map((name, place) => [name, cells[place]])),
        };
      });
      const answer = await read(written + (closed ? end : ''), { delimiter });
      expect(answer).toEqual({ columns, records: expected });
    }),
    { numRuns: 200 },
  );
});

test('openCsv() takes line ends of both kinds in one file, and quotes inside a field', async () => {
  const { records } = await read('a,b\r\n1,19" rack\n2,"say ""hi"""\r\n');
  expect(records).toEqual([
    { line: 2, fields: { a: '1', b: '19" rack' } },
    { line: 3, fields: { a: '2', b: 'say "hi"' } },
  ]);
});

test('openCsv() names a line with more or fewer columns, and goes on', async () => {
  const { records } = await read('a,b\n1\n"x\ny",2,3\n4,5\n');
  expect(records).toEqual([
    { line: 2, fault: 'has 1 columns where the first line has 2', cells: ['1'] },
    { line: 3, fault: 'has 3 columns where the first line has 2', cells: ['x\ny', '2', '3'] },
    { line: 5, fields: { a: '4', b: '5' } },
  ]);
});

test('openCsv() reads Latin-1 when told, and says so when not', async () => {
  const latin = Buffer.from('name\ncaf\u00e9\n', 'latin1');
  expect((await read(latin, { encoding: 'latin1' })).records).toEqual([
    { line: 2, fields: { name: 'café' } },
  ]);
  expect((await read(latin)).records).toMatchObject([
    { line: 2, fault: 'holds bytes that are not UTF-8: see --encoding latin1' },
  ]);
});

test('openCsv() takes names of columns for a file that has none', async () => {
  expect(await read('1,2\n', { columns: ['a', 'b'] })).toEqual({
    columns: ['a', 'b'],
    records: [{ line: 1, fields: { a: '1', b: '2' } }],
  });
});

test('openCsv() refuses what is no such file', async () => {
  await expect(openCsv(path.join(folder, 'none.csv'))).rejects.toThrow(
    /^Cannot read file: there is none: received ".*none\.csv"$/,
  );
  await expect(openCsv(folder)).rejects.toThrow('Cannot read file: it is none');
  await expect(read('')).rejects.toThrow('Cannot read file: it is empty');
  await expect(read('a,b,a\n')).rejects.toThrow('column "a" stands in it twice');
  await expect(read('a,b\n1,2\n3,"4\n5,6\n')).rejects.toThrow(
    'a quote that opens on line 3 or behind is never closed',
  );
  await expect(read(`a\n"${'x'.repeat(1_100_000)}\n`)).rejects.toThrow('is never closed');
});
