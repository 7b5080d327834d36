import pg from 'pg';
import type { DatabaseConnection } from '../database/connection.ts';
import type { PlannedTable } from './capture-plan.ts';
import { columnList, tableName } from './publication.ts';
import type { RowEvent } from './render-record.ts';
import { asPrinted } from './session-settings.ts';

export interface LoadOptions {
  readonly connection: DatabaseConnection;
  readonly tables: readonly PlannedTable[];
  /** Exported by the creation of the slot: the load ends exactly where the changes begin. */
  readonly snapshot: string | undefined;
  /** Takes some rows; resolves when there is room for more. */
  readonly emit: (rows: readonly RowEvent[]) => Promise<void>;
  readonly signal: AbortSignal;
}

const ROWS_PER_FETCH = 500;

/** Reads the existing rows of the tables, all as of one moment, a few at a time. */
export async function loadTables(options: LoadOptions): Promise<void> {
  const client = new pg.Client(asPrinted(options.connection, 'capture load'));
  client.on('error', () => {}); // the running query fails with it
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    if (options.snapshot !== undefined) {
      await client.query(`set transaction snapshot ${client.escapeLiteral(options.snapshot)}`);
    }
    for (const table of options.tables) await loadTable(client, table, options);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function loadTable(client: pg.Client, table: PlannedTable, options: LoadOptions) {
  const select = `select ${columnList(table.columns)} from only ${tableName(table)}`;
  await client.query(`declare rows no scroll cursor for ${select}`);
  for (;;) {
    options.signal.throwIfAborted();
    const text = `fetch ${ROWS_PER_FETCH} from rows`;
    const { rows, fields } = await client.query<(string | null)[]>({ text, rowMode: 'array' });
    if (rows.length === 0) break;
    const columns = fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
    await options.emit(rows.map((row) => ({ operation: 'load', table, columns, row })));
  }
  await client.query('close rows');
}
