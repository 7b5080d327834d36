import type { PlannedTable } from './capture-plan.ts';
import type { RecordSettings } from './endpoint-settings.ts';
import { UnrecoverableError } from './errors.ts';
import type { LogicalMessage, Relation } from './pgoutput.ts';
import {
  type PreviousTransaction,
  type RenderedRecord,
  type RowEvent,
  renderRecord,
} from './render-record.ts';
import { renderLogTime } from './render-value.ts';
import type { CommitPoint, QueuedRecord, QueueEntry } from './sender.ts';
import { recordBytes, recordBytesMax } from './stream-writer.ts';

export interface ChangeReaderOptions {
  readonly tables: readonly PlannedTable[];
  readonly settings: RecordSettings;
  /** Name of the table whose rows are ticks. */
  readonly tickTable: string;
  /** The last transaction with captured rows that is durable. */
  readonly previous: PreviousTransaction | undefined;
  readonly push: (entry: QueueEntry) => void;
  readonly log: (line: string) => void;
  readonly now: () => number;
}

export interface ChangeReader {
  read(message: LogicalMessage): void;
  /** Whether a transaction has begun whose commit was not read yet. */
  readonly inTransaction: boolean;
}

interface OpenTransaction {
  readonly commitLsn: bigint;
  readonly commitTime: bigint;
  readonly xid: number;
  rows: number;
}

/**
 * Turns the messages of the log into records and commits. Records leave while their transaction is
 * still being read: only committed transactions are sent, and their beginning already names the
 * commit, so a change's identity (position of the commit, place in the transaction) needs no look at
 * the end. A transaction of any size passes through bounded memory.
 */
export function changeReader(options: ChangeReaderOptions): ChangeReader {
  const tables = new Map(options.tables.map((table) => [`${table.schema}.${table.name}`, table]));
  let previous = options.previous;
  let open: OpenTransaction | undefined;

  const emit = (relation: Relation, change: Pick<RowEvent, 'operation' | 'row' | 'old'>) => {
    if (open === undefined) {
      throw new Error(
        `Cannot read change: it belongs to no transaction: received ${change.operation} of "${relation.name}"`,
      );
    }
    // Rows of tables that are planned no more keep their place: a replay must count the same.
    open.rows += 1;
    const table = tables.get(`${relation.schema}.${relation.name}`);
    if (table === undefined) return;
    const { commitLsn, commitTime, xid, rows: ordinal } = open;
    const transaction = { commitLsn, commitTime, xid, ordinal, previous };
    const event: RowEvent = { ...change, table, columns: relation.columns, transaction };
    options.push(queuedRecord(event, options));
  };

  return {
    get inTransaction() {
      return open !== undefined;
    },
    read(message) {
      switch (message.tag) {
        case 'begin':
          open = { ...message, rows: 0 };
          return;
        case 'insert':
          emit(message.relation, { operation: 'insert', row: message.row });
          return;
        case 'update':
          emit(message.relation, { operation: 'update', row: message.row, old: message.old });
          return;
        case 'delete':
          emit(message.relation, { operation: 'delete', row: message.old });
          return;
        case 'truncate':
          // DMS does not capture it either; whoever truncates must load the table again.
          for (const { schema, name } of message.relations) {
            options.log(`table ${schema}.${name} was truncated: its rows get no delete records`);
          }
          return;
        case 'commit': {
          if (open?.commitLsn !== message.commitLsn) {
            throw new Error(
              `Cannot read commit: it ends another transaction: received ${message.commitLsn}, open is ${open?.commitLsn}`,
            );
          }
          if (open.rows > 0) previous = { xid: open.xid, rows: open.rows };
          const commitTimeMs = Date.parse(renderLogTime(open.commitTime));
          const commit: CommitPoint = { lsn: message.commitLsn, commitTimeMs, previous };
          open = undefined;
          options.push({ commit });
          return;
        }
        case 'relation':
        case 'other':
          return;
      }
    },
  };
}

/** A change of a row as it goes into the queue. */
export function queuedRecord(
  event: RowEvent,
  options: Pick<ChangeReaderOptions, 'settings' | 'tickTable' | 'now'>,
): QueuedRecord {
  const record: RenderedRecord = renderRecord(event, options.settings, options.now());
  if (recordBytes(record) > recordBytesMax) {
    const { schema, name } = event.table;
    throw new UnrecoverableError(
      `Cannot capture row: it is larger than the ${recordBytesMax} bytes a stream takes: received ${recordBytes(record)} bytes of ${schema}.${name} with key "${record.partitionKey}"`,
    );
  }
  // A loaded clock row vouches for nothing.
  const tick = event.table.name === options.tickTable && event.operation !== 'load';
  return { ...record, tick };
}
