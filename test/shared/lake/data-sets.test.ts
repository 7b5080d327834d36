import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  clickDataSet,
  currentStateColumns,
  currentStateSql,
  lakeDataSets,
} from '../../../shared/lake/data-sets.ts';
import { capturedTables } from '../../../shared/shop/captured-tables.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

const changes = fc.array(
  fc.record({
    key: fc.integer({ min: 1, max: 4 }),
    version: fc.integer({ min: 1, max: 5 }),
    deletes: fc.boolean(),
    repeats: fc.integer({ min: 1, max: 2 }),
  }),
  { maxLength: 20 },
);

const ofChanges = lakeDataSets.filter(({ stream }) => stream === 'shop-changes');

describe.each(ofChanges.map((dataSet) => [dataSet.name, dataSet] as const))(
  'data set %s',
  (name, dataSet) => {
    it('carries every captured column, and shows it in the current state', () => {
      const captured = capturedTables.find((table) => table.name === name)?.columns;
      expect(currentStateColumns(dataSet).map((column) => column.name)).toEqual(captured);
      expect(dataSet.columns.map((column) => column.name)).toEqual([
        ...(captured ?? []),
        '_op',
        '_ts',
        '_event_id',
      ]);
    });

    it('shows the highest version of each key that was not deleted, whatever the order of arrival', async () => {
      await fc.assert(
        fc.asyncProperty(changes, async (history) => {
          await connection.run(
            `CREATE OR REPLACE TABLE ${dataSet.table} (${dataSet.columns.map(({ name: column, type }) => `${column} ${type}`).join(', ')})`,
          );
          for (const { key, version, deletes, repeats } of history) {
            const row = deletes ? `${key}, NULL, 'delete'` : `${key}, ${version}, 'update'`;
            const rows = Array.from({ length: repeats }, () => `(${row})`).join(', ');
            await connection.run(
              `INSERT INTO ${dataSet.table} (id, row_version, _op) VALUES ${rows}`,
            );
          }
          const deleted = new Set(history.flatMap(({ key, deletes }) => (deletes ? [key] : [])));
          const newest = new Map<number, number>();
          for (const { key, version } of history) {
            if (!deleted.has(key)) newest.set(key, Math.max(version, newest.get(key) ?? 0));
          }
          const reader = await connection.runAndReadAll(
            `SELECT id, row_version FROM (${currentStateSql(dataSet)}) ORDER BY id`,
          );
          const shown = reader.getRowsJson().map((row) => row.map(Number));
          expect(shown).toEqual([...newest].toSorted(([a], [b]) => a - b));
        }),
        { numRuns: 30 },
      );
    });
  },
);

describe('data set clicks', () => {
  it('shows each click once, however often it was sent', async () => {
    const { table, columns } = clickDataSet;
    const types = columns.map(
      ({ name, type }) => `${name} ${type === 'string' ? 'VARCHAR' : type}`,
    );
    await connection.run(`CREATE OR REPLACE TABLE ${table} (${types.join(', ')})`);
    await connection.run(
      `INSERT INTO ${table} (event_id, type, _op, _ts) VALUES
       ('a', 'view', 'insert', '2026-03-01'), ('a', 'view', 'insert', '2026-03-02'), ('b', 'cart', 'insert', '2026-03-01')`,
    );
    const shown = await connection.runAndReadAll(
      `SELECT event_id, type FROM (${currentStateSql(clickDataSet)}) ORDER BY event_id`,
    );
    expect(shown.getRowsJson()).toEqual([
      ['a', 'view'],
      ['b', 'cart'],
    ]);
  });
});
