import type { CapturedTable } from '../../../../shared/shop/captured-tables.ts';
import { type ColumnInfo, type Sample, samplesOf, secretFor } from './column-samples.ts';
import type { ShopCaptureRig } from './shop-rig.ts';

type Row = ReadonlyMap<string, Sample>;

/** A row from its insert to its delete: what each change must say of it. */
export interface Life {
  /** As JSON writes it. */
  readonly key: string;
  readonly movedKey: string;
  readonly inserted: Row;
  readonly updated: Row;
  readonly moved: Row;
  readonly deleted: Row;
}

const sample = (value: number | bigint | string): Sample => ({
  sql: String(value),
  json: typeof value === 'string' ? JSON.stringify(value) : String(value),
});

/** Beyond what a double holds, where the type allows. */
const keyOf = (table: CapturedTable, columns: readonly ColumnInfo[], place: number): Sample => {
  const column = columns.find(({ column_name: name }) => name === table.primaryKey);
  return sample(
    column?.data_type === 'bigint' ? 9_007_199_254_740_993n + BigInt(place) : 100 + place,
  );
};

/** Row number `place` of a table: column by column the value whose turn it is. */
function rowOf(
  table: CapturedTable,
  columns: readonly ColumnInfo[],
  place: number,
  version: number,
) {
  const row = new Map<string, Sample>();
  for (const column of columns) {
    const { column_name: name, data_type: type } = column;
    if (!table.columns.includes(name)) {
      row.set(name, { sql: secretFor(column), json: '' });
      continue;
    }
    const samples = samplesOf(column);
    const turn = samples[(place + version) % samples.length];
    if (turn) row.set(name, turn);
    if (name === 'row_version') row.set(name, sample(version));
    if (name === table.partitionKey) {
      row.set(name, type === 'bigint' ? sample(7 + place) : sample(`tick-${place}`));
    }
  }
  return row;
}

/** A row that stands before the capture begins. */
export async function loadedRow(
  rig: ShopCaptureRig,
  table: CapturedTable,
  columns: readonly ColumnInfo[],
): Promise<Life> {
  const key = keyOf(table, columns, 900);
  const row = rowOf(table, columns, 0, 1).set(table.primaryKey, key);
  await insert(rig, table.name, row);
  const { json } = key;
  return { key: json, movedKey: json, inserted: row, updated: row, moved: row, deleted: row };
}

/** Rows enough for every value of every column, each inserted, updated, moved and deleted. */
export async function liveThrough(
  rig: ShopCaptureRig,
  table: CapturedTable,
  columns: readonly ColumnInfo[],
): Promise<readonly Life[]> {
  const captured = columns.filter(({ column_name: name }) => table.columns.includes(name));
  const count = Math.max(...captured.map((column) => samplesOf(column).length));
  const lives: Life[] = [];
  for (let place = 0; place < count; place += 1) {
    const [key, movedKey] = [keyOf(table, columns, place), keyOf(table, columns, place + 500)];
    const withKey = (row: Map<string, Sample>, value: Sample) => row.set(table.primaryKey, value);
    const inserted = withKey(rowOf(table, columns, place, 1), key);
    const updated = withKey(rowOf(table, columns, place, 2), key);
    const moved = withKey(rowOf(table, columns, place, 3), movedKey);
    await insert(rig, table.name, inserted);
    await update(rig, table, updated, key);
    await update(rig, table, moved, key);
    await rig.sql(`delete from "${table.name}" where "${table.primaryKey}" = $1`, [movedKey.sql]);
    const nothing = { sql: null, json: 'null' };
    const deleted = new Map(captured.map(({ column_name: name }) => [name, nothing as Sample]));
    withKey(deleted, movedKey);
    lives.push({ key: key.json, movedKey: movedKey.json, inserted, updated, moved, deleted });
  }
  return lives;
}

/** Writes into whatever stays inside: as a row of its own, and over all that is there. */
export async function writeSecrets(
  rig: ShopCaptureRig,
  columns: readonly ColumnInfo[],
): Promise<void> {
  for (const [name, inside] of Map.groupBy(
    columns,
    (column) => `${column.table_schema}."${column.table_name}"`,
  )) {
    const all = (await rig.columns()).filter(
      (each) => `${each.table_schema}."${each.table_name}"` === name,
    );
    const names = inside.map(({ column_name: column }) => column);
    const values = inside.map(secretFor);
    if (inside.length === all.length) {
      const places = values.map((_, index) => `$${index + 1}`);
      await rig.sql(`delete from ${name}`);
      await rig.sql(`insert into ${name} (${quoted(names)}) values (${places.join()})`, values);
    } else {
      const places = names.map((column, index) => `"${column}" = $${index + 1}`);
      await rig.sql(`update ${name} set ${places.join()}`, values);
    }
  }
}

async function insert(rig: ShopCaptureRig, table: string, row: Row): Promise<void> {
  const places = [...row].map((_, index) => `$${index + 1}`);
  await rig.sql(
    `insert into "${table}" (${quoted([...row.keys()])}) values (${places.join()})`,
    [...row.values()].map(({ sql }) => sql),
  );
}

async function update(
  rig: ShopCaptureRig,
  table: CapturedTable,
  row: Row,
  key: Sample,
): Promise<void> {
  const places = [...row.keys()].map((column, index) => `"${column}" = $${index + 1}`);
  await rig.sql(
    `update "${table.name}" set ${places.join()} where "${table.primaryKey}" = $${row.size + 1}`,
    [...[...row.values()].map(({ sql }) => sql), key.sql],
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join();
}
