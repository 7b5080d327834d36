import { columnsOf } from '../../import/column-map.ts';
import { epochInstant, isoInstant, wallClock } from '../../import/instant.ts';
import { LineFault } from '../../import/line-fault.ts';
import { openCsv } from '../../import/read-csv.ts';
import type { Refusals } from '../../import/refusals.ts';
import type { Transaction } from './transaction.ts';

/** What the columns of a file are. */
export interface TransactionColumns {
  /** Texts like `time=TX_DATETIME`, for fields that are not found by their names. */
  readonly maps: readonly string[];
  /** Column by kind of entity; empty: customer and terminal, by their names. */
  readonly entities: ReadonlyMap<string, string>;
}

type Cells = Readonly<Record<string, string>>;

const fields = [
  { name: 'id', aliases: ['TRANSACTION_ID', 'EVENT_ID'] },
  { name: 'time', needed: true, aliases: ['TX_DATETIME', 'EVENT_TIMESTAMP', 'timestamp'] },
  { name: 'amount', aliases: ['TX_AMOUNT'] },
  { name: 'label', needed: true, aliases: ['TX_FRAUD', 'EVENT_LABEL', 'fraud', 'isFraud'] },
  { name: 'labelled', aliases: ['LABEL_TIMESTAMP'] },
  { name: 'pattern', aliases: ['TX_FRAUD_SCENARIO', 'scenario'] },
] as const;
const usualEntities = [
  { name: 'customer', aliases: ['CUSTOMER_ID'] },
  { name: 'terminal', aliases: ['TERMINAL_ID'] },
] as const;
const labels: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  yes: true,
  fraud: true,
  '0': false,
  false: false,
  no: false,
  legit: false,
  legitimate: false,
};
const utc = wallClock('UTC');
const asked = { to: 'read transactions', option: '--columns' };

/**
 * Reads a file of labelled transactions, in the order of their times; lines that cannot be read are
 * refused with the reason.
 *
 * @throws Error for a file that cannot be read, or lacks time, label or every entity.
 */
export async function readTransactions(
  file: string,
  { maps, entities }: TransactionColumns,
  refusals: Refusals,
): Promise<readonly Transaction[]> {
  const csv = await openCsv(file);
  const columns = columnsOf(fields, csv.columns, maps, asked);
  const ofEntities = entitiesOf(entities, csv.columns);
  const transactions: Transaction[] = [];
  const seen = new Set<string>();
  for await (const record of csv.records) {
    const { line } = record;
    if ('fault' in record) {
      refusals.add({ line, field: 'line', reason: record.fault });
      continue;
    }
    try {
      const transaction = read(record.fields, line, columns, ofEntities);
      if (seen.has(transaction.id)) {
        throw new LineFault(columns.id ?? 'id', `Is there already: received "${transaction.id}"`);
      }
      seen.add(transaction.id);
      transactions.push(transaction);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      refusals.add({ line, field: error.field, reason: error.message });
    }
  }
  return transactions.sort((a, b) => a.atMs - b.atMs);
}

function entitiesOf(
  told: ReadonlyMap<string, string>,
  columns: readonly string[],
): readonly (readonly [kind: string, column: string])[] {
  for (const [kind, column] of told) {
    if (columns.includes(column)) continue;
    throw new Error(
      `Cannot read transactions: the file has no column for entity ${kind}, only ${columns.join(', ')}: received "${column}"`,
    );
  }
  const found = told.size > 0 ? [...told] : Object.entries(columnsOf(usualEntities, columns));
  if (found.length > 0) return found;
  throw new Error(
    `Cannot read transactions: no column says who took part; name one with --columns entity:card=Column: received columns ${columns.join(', ')}`,
  );
}

function read(
  cells: Cells,
  line: number,
  columns: Partial<Record<(typeof fields)[number]['name'], string>>,
  entities: readonly (readonly [string, string])[],
): Transaction {
  const text = (field: keyof typeof columns): string => cells[columns[field] ?? '']?.trim() ?? '';
  const instant = (field: 'time' | 'labelled'): number => {
    const told = text(field);
    const atMs = isoInstant(told, utc) ?? epochInstant(told);
    if (atMs !== undefined) return atMs;
    throw fault(field, 'a time like 2018-07-25 10:00:00 or 2018-07-25T10:00:00Z', told);
  };
  const fault = (field: keyof typeof columns, expected: string, told: string) =>
    new LineFault(columns[field] ?? field, `Must be ${expected}: received "${told}"`);
  const amount = text('amount');
  if (amount !== '' && !/^-?\d+(\.\d+)?$/.test(amount)) throw fault('amount', 'a number', amount);
  const label = text('label').toLowerCase();
  if (label !== '' && !Object.hasOwn(labels, label)) throw fault('label', '1 or 0', label);
  const atMs = instant('time');
  const pattern = text('pattern');
  const present = entities
    .map(([kind, column]) => [kind, cells[column]?.trim() ?? ''] as const)
    .filter(([, id]) => id !== '');
  if (present.length === 0) throw new LineFault('line', 'Says of nobody who took part');
  return {
    id: text('id') || String(line),
    atMs,
    entities: Object.fromEntries(present),
    amountCents: amount === '' ? null : Math.round(Number(amount) * 100),
    fraud: label === '' ? undefined : labels[label],
    labelledAtMs: label === '' || text('labelled') === '' ? undefined : instant('labelled'),
    pattern: pattern === '' || pattern === '0' ? undefined : pattern,
  };
}
