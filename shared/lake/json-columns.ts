import { z } from 'zod';
import type { GlueType } from './column-types.ts';

/** A column of a view that is taken out of JSON, by its SQL. */
export interface JsonColumn {
  readonly name: string;
  readonly type: ViewType;
  readonly sql: string;
}

/** The types that columns of views have. */
export type ViewType = GlueType | 'double' | 'array<double>';

/** Of which part of a schema columns are wanted. */
interface JsonPart {
  /** Of the members of this list. @default - of the whole */
  readonly list?: string;
  /** Fields that get no column. */
  readonly without?: ReadonlySet<string>;
}

interface Rules {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Rules[];
  readonly properties?: Readonly<Record<string, Rules>>;
  readonly items?: Rules;
}

/** Words that Trino does not take as a name unless it is quoted, of those that data may use. */
const reserved = new Set([
  'end',
  'from',
  'group',
  'limit',
  'order',
  'table',
  'values',
  'when',
  'where',
]);
const instantWords = new Set(['at', 'start', 'end']);

/**
 * The columns that values of a schema have in SQL: `grossCents` is the decimal `gross`, `orderedAtMs`
 * the timestamp `ordered_at`, a whole number a bigint, any other a double; the fields of an object
 * stand under its name. What has no fixed columns (a list, a map) stays JSON.
 *
 * @param value SQL of the JSON: text, or of type JSON.
 * @throws TypeError for a schema that has no such list, or two fields of one name.
 */
export function jsonColumns(
  schema: z.ZodType,
  value: string,
  { list, without }: JsonPart = {},
): readonly JsonColumn[] {
  const rules = list === undefined ? rulesOf(schema) : membersOf(schema, list);
  const fields = Object.entries(rules.properties ?? {}).filter(([name]) => !without?.has(name));
  const part = rules.properties ? { properties: Object.fromEntries(fields) } : rules;
  const columns = [...columnsOf(plain(part), value, [])];
  const names = new Set(columns.map(({ name }) => name));
  if (names.size === columns.length) return columns;
  throw new TypeError(
    `Cannot make columns of a schema: two have one name: received ${columns.map(({ name }) => name)}`,
  );
}

function membersOf(schema: z.ZodType, list: string): Rules {
  const { items } = plain(rulesOf(schema).properties?.[list] ?? {});
  if (items) return items;
  throw new TypeError(`Cannot make columns of a list: there is none: received "${list}"`);
}

function rulesOf(schema: z.ZodType): Rules {
  return z.toJSONSchema(schema, { io: 'input' }) as Rules;
}

/** Without the possibility of null: every column may be NULL. */
function plain(rules: Rules): Rules {
  const { type = [], anyOf = [] } = rules;
  const types = [type].flat().filter((one) => one !== 'null');
  const choices = anyOf.filter((choice) => choice.type !== 'null');
  const [only] = choices;
  if (only && choices.length === 1) return plain(only);
  return types[0] === undefined ? rules : { ...rules, type: types[0] };
}

function* columnsOf(rules: Rules, value: string, path: readonly string[]): Iterable<JsonColumn> {
  if (rules.properties) {
    for (const [name, member] of Object.entries(rules.properties)) {
      yield* columnsOf(plain(member), value, [...path, name]);
    }
    return;
  }
  const scalar = `json_extract_scalar(${value}, '${['$', ...path].join('.')}')`;
  const { name, type } = namedType(path, rules);
  switch (rules.type ?? typeof (rules.const ?? rules.enum?.[0])) {
    case 'integer':
    case 'number':
      yield { name, type, sql: numberSql(scalar, type) };
      return;
    case 'boolean':
      yield { name, type: 'boolean', sql: `CAST(${scalar} AS boolean)` };
      return;
    case 'string':
      yield { name, type: 'string', sql: scalar };
      return;
    default: {
      const sql = `json_format(json_extract(${value}, '${['$', ...path].join('.')}'))`;
      yield { name, type: 'string', sql };
    }
  }
}

function numberSql(scalar: string, type: ViewType): string {
  if (type === 'double') return `CAST(${scalar} AS double)`;
  const whole = `CAST(${scalar} AS bigint)`;
  if (type === 'bigint') return whole;
  if (type === 'timestamp') {
    return `date_add('millisecond', ${whole}, TIMESTAMP '1970-01-01 00:00:00.000')`;
  }
  return `CAST(${whole} * DECIMAL '0.01' AS ${type})`;
}

/** Units stand in the names of fields: here they become types. */
function namedType(path: readonly string[], rules: Rules): { name: string; type: ViewType } {
  const words = path.flatMap((name) => name.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
  if (words.length === 0) return { name: 'value', type: 'string' };
  const isWhole = rules.type === 'integer';
  const last = words.at(-2) ?? '';
  if (isWhole && words.at(-1) === 'ms' && instantWords.has(last)) {
    const stem = words.slice(0, last === 'at' ? -2 : -1);
    return {
      name: safeName(stem.length > 0 ? [...stem, 'at'] : ['occurred', 'at']),
      type: 'timestamp',
    };
  }
  if (words.includes('cents')) {
    return { name: safeName(words.filter((word) => word !== 'cents')), type: 'decimal(18,2)' };
  }
  return { name: safeName(words), type: isWhole ? 'bigint' : 'double' };
}

function safeName(words: readonly string[]): string {
  const name = words.join('_');
  return reserved.has(name) ? `${name}_value` : name;
}
