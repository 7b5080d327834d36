import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openEventFile } from '../../../cli/import/event-file.ts';
import { taobao } from '../../../cli/import/formats/taobao.ts';
import { wallClock } from '../../../cli/import/instant.ts';
import { collectRefusals } from '../../../cli/import/refusals.ts';
import { duckDbType } from '../../../infra/local/athena/column-types.ts';
import { decodeChange } from '../../../shared/changes/decode-change.ts';
import { clickDataSet, factDataSets, type LakeDataSet } from '../../../shared/lake/data-sets.ts';
import { clickRow, lakeRow } from '../../../shared/lake/rows.ts';
import { createRandom } from '../../../shared/random/random.ts';
import { bucketFolder, lakeBucket } from '../../fixtures/lake.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';
import type { Arrival } from '../../fixtures/shop-day/arrivals.ts';
import { recordText } from '../../fixtures/shop-day/day-event.ts';

/** Lines as the file of Taobao has them, of some days in any order: few items are wanted often. */
export async function writeTaobaoFile(
  file: string,
  { lines, items, days, seed }: Readonly<Record<'lines' | 'items' | 'days' | 'seed', number>>,
): Promise<void> {
  const random = createRandom(seed);
  const fromS = Date.UTC(2017, 10, 25) / 1_000;
  const behaviors = ['pv', 'pv', 'pv', 'pv', 'pv', 'cart', 'fav', 'buy'];
  const made = Array.from({ length: lines }, () => {
    const user = random.integer(1, 5_000);
    const item = Math.ceil(items ** random.next());
    const atS = fromS + random.integer(0, days * 86_400 - 1);
    return `${user},${item},${item % 90},${random.pick(behaviors)},${atS}`;
  });
  await writeFile(file, `${made.join('\n')}\n`);
}

/** The clicks of such a file as the import lands them in the lake; products keep the items' numbers. */
export async function landTaobaoFile(root: string, file: string): Promise<void> {
  const opened = await openEventFile({
    ...{ file, format: taobao, maps: [], delimiter: undefined, encoding: undefined },
  });
  const refusals = await collectRefusals(undefined);
  const bar = { add() {}, end() {} };
  const utc = wallClock('UTC');
  const read = (row: Parameters<NonNullable<typeof taobao.click>>[0]) => taobao.click?.(row, utc);
  const rows: object[] = [];
  for await (const click of opened.read(read, refusals, bar)) {
    const { _partition, ...row } = clickRow(
      {
        ...{ schemaVersion: 1, eventId: `${opened.hash.slice(0, 24)}-${click.line}` },
        ...{ type: click.type, occurredAtMs: click.atMs, session: click.session, user: null },
        ...{ productId: Number(click.product?.sku.replace('taobao-', '')) },
        ...{ category: click.category ?? null, consent: 'personal', isBackfill: true },
      },
      click.atMs,
    );
    rows.push({ ...row, day: _partition });
    // What is sent again lands again.
    if (click.line % 100 === 0) rows.push({ ...row, day: _partition });
  }
  await landRows(root, clickDataSet, rows);
}

/** The order items of a simulated day as they land in the lake. */
export async function landDayItems(root: string, day: readonly Arrival[]): Promise<void> {
  const dataSet = factDataSets.find(({ name }) => name === 'order_items');
  if (!dataSet) throw new Error('The lake keeps no order items');
  const rows = day.flatMap(({ event, arrivalMs }) => {
    const { data } = streamRecord(recordText(event, arrivalMs));
    const decoded = event.table === 'order_items' ? decodeChange(data) : undefined;
    if (decoded?.kind !== 'change') return [];
    const { _partition, ...row } = lakeRow(dataSet, decoded.change, arrivalMs);
    return [{ ...row, day: _partition }];
  });
  await landRows(root, dataSet, rows);
}

async function landRows(
  root: string,
  { name, columns }: LakeDataSet,
  rows: readonly object[],
): Promise<void> {
  const folder = path.join(bucketFolder(root, lakeBucket), 'bronze', name);
  mkdirSync(folder, { recursive: true });
  const shape = Object.fromEntries(columns.map((column) => [column.name, duckDbType(column.type)]));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT unnest(from_json($rows, $shape), recursive := true)) TO '${folder}'
       (FORMAT parquet, PARTITION_BY (day), OVERWRITE_OR_IGNORE, FILE_EXTENSION 'parquet.data')`,
    { rows: JSON.stringify(rows), shape: JSON.stringify([{ ...shape, day: 'VARCHAR' }]) },
  );
  connection.closeSync();
}
