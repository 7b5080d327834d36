import { readShopStatus, type ShopStatus } from '../../shared/shop/shop-status.ts';
import { alignedLines } from '../aligned-lines.ts';
import type { Outcome } from '../capture/show-status.ts';
import { readSlot, type SlotReport } from '../capture/slot-report.ts';
import { bytesText } from '../query/format-result.ts';
import type { ShopDatabase } from '../shop-database.ts';

/** How the database is: its schema, its tables, and what to do where something is missing. */
export async function showDatabase(
  { name, db }: Pick<ShopDatabase, 'name' | 'db'>,
  nowMs: number,
): Promise<Outcome> {
  const status = await readShopStatus(db);
  // The slot's report reads the clock rows, too.
  const hasClock = status.tables.some((table) => table.name === 'clock');
  const slot = hasClock ? await readSlot(db) : undefined;
  const advice = adviceFor(status);
  const { schema, tables } = status;
  const head = alignedLines([
    ['database', `${name}: PostgreSQL ${status.server}, ${bytesText(status.databaseBytes)}`],
    ['schema', schema === undefined ? 'none' : schema.replace(/\.sql$/, '')],
    ['pending', status.pending.length === 0 ? 'nothing' : status.pending.join(', ')],
    ['capture', captureText(slot)],
  ]);
  const body = tables.map(({ name: table, rows, bytes, lastChangeMs }) => [
    table,
    rows.toLocaleString('en'),
    bytesText(bytes),
    lastChangeMs === undefined ? '' : `${agoText(nowMs - lastChangeMs)} ago`,
  ]);
  const listed =
    tables.length === 0
      ? []
      : ['', alignedLines([['table', 'rows', 'size', 'last change'], ...body])];
  return {
    healthy: advice.length === 0,
    json: { target: name, ...status, slot: slot ?? null, advice },
    text: [head, ...listed, ...advice].join('\n'),
  };
}

function adviceFor({ schema, pending, changed }: ShopStatus): readonly string[] {
  return [
    schema === undefined ? 'The database is empty: set it up with "npm run db -- init".' : '',
    schema !== undefined && pending.length > 0
      ? 'The schema is behind: bring it up to date with "npm run db -- init".'
      : '',
    changed.length > 0
      ? `Applied and changed since: ${changed.join(', ')}; put the change into a new file.`
      : '',
  ].filter((line) => line !== '');
}

function captureText(slot: SlotReport | undefined): string {
  if (slot === undefined) return 'no slot';
  const read = slot.active ? '' : ', not read';
  return `${slot.lagBytes.toLocaleString('en')} bytes of log behind${read}`;
}

/** Clocks of two machines may differ by a little: never less than none. */
function agoText(spanMs: number): string {
  const seconds = Math.max(0, spanMs) / 1_000;
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
