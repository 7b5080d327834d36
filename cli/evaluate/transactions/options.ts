import { parseInstant } from '../../../shared/time/parse-instant.ts';
import { numberOption } from '../../options/number-option.ts';
import type { ProtocolDays } from './protocol.ts';
import type { TransactionColumns } from './read-transactions.ts';

export interface TransactionOptions extends ProtocolDays {
  readonly file: string;
  readonly columns: TransactionColumns;
  /** The first day to learn from; undefined: as late as the file allows. */
  readonly startMs: number | undefined;
  /** Whose transactions are left out once it is known as defrauded; undefined: nobody's. */
  readonly card: string | undefined;
  readonly seed: number;
  readonly refused: string | undefined;
}

/** The options that training and evaluation on a file have in common, as `parseArgs` takes them. */
export const transactionOptions = {
  columns: { type: 'string', multiple: true },
  start: { type: 'string' },
  'train-days': { type: 'string', default: '7' },
  'delay-days': { type: 'string', default: '7' },
  'test-days': { type: 'string', default: '7' },
  card: { type: 'string' },
  'known-cards': { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  refused: { type: 'string' },
} as const;

export const transactionUsage = `  --columns LIST     which columns are what, like time=When,amount=Value,label=IsFraud,entity:card=Pan;
                     fields: id, time, amount, label, labelled (when the label became known), pattern,
                     customer, terminal, entity:NAME; by default those of the Handbook
  --start DAY        the first day to learn from (as late as the file allows)
  --train-days N     days to learn from (7)
  --delay-days N     days until a label is known, which lie between learning and testing (7)
  --test-days N      days held out (7)
  --card KIND        the entity that is left out of the test once it is known as defrauded (customer,
                     else the first one)
  --known-cards      leaves nobody out
  --seed N           of what is drawn in training (1)
  --refused OUT.csv  write every refused line there, with column and reason`;

interface Values {
  readonly columns?: readonly string[] | undefined;
  readonly start?: string | undefined;
  readonly 'train-days': string;
  readonly 'delay-days': string;
  readonly 'test-days': string;
  readonly card?: string | undefined;
  readonly 'known-cards': boolean;
  readonly seed: string;
  readonly refused?: string | undefined;
}

/** @throws RangeError that says which option is wrong. */
export function transactionOptionsOf(
  command: string,
  values: Values,
  positionals: readonly string[],
): TransactionOptions {
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw wrong(command, 'one file is expected', positionals.join(' ') || 'none');
  }
  const days = (name: 'train-days' | 'delay-days' | 'test-days', min: number) =>
    numberOption(command, `--${name}`, values[name], { min, max: 3_660, isWhole: true });
  const columns = columnsFrom(command, values.columns ?? []);
  const kinds = columns.entities.size > 0 ? [...columns.entities.keys()] : ['customer', 'terminal'];
  const card = values.card ?? (kinds.includes('customer') ? 'customer' : kinds[0]);
  if (card !== undefined && !kinds.includes(card)) {
    throw wrong(command, `--card must be one of ${kinds.join(', ')}`, card);
  }
  return {
    file,
    columns,
    startMs: values.start === undefined ? undefined : startFrom(command, values.start),
    trainDays: days('train-days', 1),
    delayDays: days('delay-days', 0),
    testDays: days('test-days', 1),
    card: values['known-cards'] ? undefined : card,
    seed: numberOption(command, '--seed', values.seed, { isWhole: true }),
    refused: values.refused,
  };
}

const entityKind = /^[a-z][a-z0-9_]{0,31}$/;

function columnsFrom(command: string, texts: readonly string[]): TransactionColumns {
  const maps: string[] = [];
  const entities = new Map<string, string>();
  for (const text of texts.flatMap((list) => list.split(','))) {
    const [, field = '', column = ''] = /^([^=]+)=(.+)$/.exec(text.trim()) ?? [];
    if (column === '') throw wrong(command, '--columns takes field=Column', text);
    const kind = field.startsWith('entity:') ? field.slice('entity:'.length) : field;
    const isEntity = kind !== field || field === 'customer' || field === 'terminal';
    if (!isEntity) maps.push(`${field}=${column}`);
    else if (entityKind.test(kind)) entities.set(kind, column);
    else throw wrong(command, 'an entity has a name of lower-case letters, like entity:card', kind);
  }
  return { maps, entities };
}

function startFrom(command: string, text: string): number {
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  throw wrong(command, '--start must be a day like 2018-07-25', text);
}

function wrong(command: string, what: string, received: string): RangeError {
  return new RangeError(`Cannot ${command}: ${what}: received ${received}`);
}
