import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../../../infra/local/athena/dialect/functions.ts';
import { createEngine, type Engine } from '../../../../infra/local/athena/engine.ts';
import { readRows } from '../../../../infra/local/athena/result-file.ts';

// Each file holds statements behind `> `, and below each what Athena answers: names, then rows, or
// `! ` and the reason. The answers are Trino's documented ones. `UPDATE_GOLDEN=1` writes the files
// anew, for review in the diff.
const directory = path.join(import.meta.dirname, 'golden');
const files = readdirSync(directory).toSorted();

let root: string;
let engine: Engine;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'golden-'));
  mkdirSync(path.join(root, 't'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`COPY (
    SELECT * FROM (VALUES
      (1, 10.01::DECIMAL(12,2), 0.5::DOUBLE, 'a', TIMESTAMP_MS '2026-01-31 10:00:00.5'),
      (2, 20.00, 1.5, 'b', TIMESTAMP_MS '2026-02-28 23:00:00'),
      (3, 5.55, 4.0, NULL, TIMESTAMP_MS '2026-03-01 00:00:00')
    ) AS t (x, m, d, s, ts)
  ) TO '${path.join(root, 't', 'rows.parquet.data')}' (FORMAT parquet)`);
  connection.closeSync();
  engine = await createEngine([root]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const table = {
  database: 'golden',
  name: 't_files',
  columns: [
    { name: 'x', type: 'int' },
    { name: 'm', type: 'decimal(12,2)' },
    { name: 'd', type: 'double' },
    { name: 's', type: 'string' },
    { name: 'ts', type: 'timestamp' },
  ],
  partitionKeys: [],
  parameters: {},
};
const view = {
  database: 'golden',
  name: 't',
  columns: [],
  partitionKeys: [],
  parameters: {},
  viewSql:
    'SELECT x, m, d, s, ts, filter(ARRAY[x, 2, 2], v -> x < 3 AND (v <> x OR x = 1)) AS arr FROM t_files',
};

let runs = 0;

async function answer(sql: string): Promise<string[]> {
  runs += 1;
  const place = path.join(root, `result-${runs}`);
  try {
    const { columns } = await engine.run({
      id: String(runs),
      sql,
      database: 'golden',
      tables: [
        { ...table, folder: path.join(root, 't') },
        { ...view, folder: undefined },
      ],
      files: { rows: `${place}.rows`, csv: `${place}.csv` },
    });
    const { rows } = await readRows(`${place}.rows`, 0, 1_000);
    const line = (cells: readonly (string | null)[]) =>
      cells.map((cell) => cell ?? 'NULL').join(' | ');
    return [line(columns.map(({ name }) => name)), ...rows.map(line)];
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return [`! ${first}`];
  }
}

describe.each(files)('%s', (file) => {
  const blocks = readFileSync(path.join(directory, file), 'utf8')
    .split(/^(?=> )/m)
    .map((block) => block.trimEnd().split('\n'))
    .map(([statement = '', ...expected]) => ({ sql: statement.slice(2), expected }));

  if (process.env['UPDATE_GOLDEN'] === '1') {
    it('is written anew', async () => {
      const written: string[] = [];
      for (const { sql } of blocks) written.push(`> ${sql}`, ...(await answer(sql)), '');
      writeFileSync(path.join(directory, file), `${written.join('\n').trimEnd()}\n`);
    });
    return;
  }
  it.each(blocks)('$sql', async ({ sql, expected }) => {
    expect(await answer(sql)).toEqual(expected);
  });
});

it('every function that is played has a golden result', () => {
  const text = files
    .map((file) => readFileSync(path.join(directory, file), 'utf8').toLowerCase())
    .join('');
  const missing = Object.keys(functions).filter(
    (name) => !text.includes(`${name}(`) && !text.includes(`${name} (`),
  );
  expect(missing).toEqual([]);
});
