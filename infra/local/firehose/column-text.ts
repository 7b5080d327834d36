import { parseExactJson } from '../../../shared/changes/exact-json.ts';

/** A column of the Glue table that gives an object its schema. */
export interface SchemaColumn {
  readonly name: string;
  readonly type: string;
}

/** A record's columns as text that casts to their types without loss; null where absent. */
export type ColumnTexts = Readonly<Record<string, string | null>>;

const timestamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})?$/;
const decimalType = /^decimal\((\d+),(\d+)\)$/;

/** Column types that can be converted, with what reads their JSON values; decimals besides. */
const readers: Readonly<Record<string, (text: string) => boolean>> = {
  string: () => true,
  boolean: (text) => /^(true|false)$/i.test(text),
  int: (text) => isInteger(text, 32),
  bigint: (text) => isInteger(text, 64),
  double: (text) => text !== '' && Number.isFinite(Number(text)),
  timestamp: (text) =>
    timestamp.test(text) && !Number.isNaN(Date.parse(`${text.replace(' ', 'T')}Z`)),
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
};

/** @throws Error when a column has a type that cannot be played here. */
export function checkSchema(columns: readonly SchemaColumn[]): void {
  for (const { name, type } of columns) {
    if (readers[type] === undefined && !decimalType.test(type)) {
      throw new Error(
        `Cannot convert column ${name}: types ${Object.keys(readers).join(', ')} and decimal(p,s) can be played here: received "${type}"`,
      );
    }
  }
}

/**
 * Reads a record as the OpenX deserializer of Firehose does: names without regard to case, numbers
 * also as text, unknown fields left out.
 *
 * @throws RangeError for a value that is not of its column's type.
 */
export function columnTexts(columns: readonly SchemaColumn[], record: string): ColumnTexts {
  const json = parseExactJson(record);
  const fields = new Map(
    Object.entries(json ?? {}).map(([name, value]: [string, unknown]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const texts: Record<string, string | null> = {};
  for (const { name, type } of columns) {
    const value = fields.get(name.toLowerCase()) ?? null;
    const text =
      value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value);
    if (text !== null && !isOfType(type, text)) {
      throw new RangeError(
        `Cannot convert column ${name}: it is not of type ${type}: received ${JSON.stringify(value)}`,
      );
    }
    texts[name] = text;
  }
  return texts;
}

function isOfType(type: string, text: string): boolean {
  const decimal = decimalType.exec(type);
  if (!decimal) return readers[type]?.(text) ?? false;
  const [, precision, scale] = decimal.map(Number);
  const digits = /^-?0*(\d*)(?:\.(\d*?)0*)?$/.exec(text);
  if (!digits || !/\d/.test(text) || precision === undefined || scale === undefined) return false;
  const [, whole = '', fraction = ''] = digits;
  return fraction.length <= scale && whole.length <= precision - scale;
}

function isInteger(text: string, bits: number): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(bits, BigInt(text)) === BigInt(text);
}
