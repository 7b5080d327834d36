import { z } from 'zod';

/**
 * The rules of a DMS table mapping, read into questions. Only what this project plays is accepted:
 * an unknown action, target, key or parameter is refused, since to ignore it would capture something
 * else than AWS does (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html).
 */
export interface TableRules {
  /** Whether the table is captured: included by a rule and excluded by none. */
  selects(schema: string, table: string): boolean;
  /** Whether the column is captured: with any include-column rule, only what such rules name. */
  keeps(schema: string, table: string, column: string): boolean;
  /** The column whose value partitions the table's records; undefined where no rule maps it. */
  partitionColumn(schema: string, table: string): string | undefined;
  /** What rules name without a wildcard: it must exist. */
  readonly named: readonly {
    readonly schema: string;
    readonly table: string;
    readonly column?: string;
  }[];
}

const text = z.string().min(1);
const tableLocator = z.strictObject({ 'schema-name': text, 'table-name': text });
const numbered = { 'rule-id': z.union([text, z.number()]).transform(String), 'rule-name': text };
const rule = z.discriminatedUnion('rule-type', [
  z.strictObject({
    'rule-type': z.literal('selection'),
    ...numbered,
    'object-locator': tableLocator,
    'rule-action': z.enum(['include', 'exclude', 'explicit']),
    filters: z.array(z.never('filters are not played')).optional(),
  }),
  z.strictObject({
    'rule-type': z.literal('transformation'),
    ...numbered,
    'rule-target': z.literal('column'),
    'object-locator': tableLocator.extend({ 'column-name': text }),
    'rule-action': z.enum(['include-column', 'remove-column']),
    value: z.null().optional(),
    'old-value': z.null().optional(),
  }),
  z.strictObject({
    'rule-type': z.literal('object-mapping'),
    ...numbered,
    'object-locator': tableLocator,
    'rule-action': z.enum(['map-record-to-record', 'map-record-to-document']),
    'mapping-parameters': z.strictObject({
      'partition-key-type': z.literal('attribute-name'),
      'partition-key-name': text,
    }),
  }),
]);
const mappings = z.strictObject({ rules: z.array(rule).min(1) });
type Rule = z.infer<typeof rule>;

/** The rules of a replication config or task, from its properties. */
export function readTableMappings(replicationProperties: unknown): TableRules {
  const found = z.object({ TableMappings: z.unknown() }).safeParse(replicationProperties);
  return parseTableRules(found.data?.TableMappings);
}

/** Reads `TableMappings`: an object in a replication config, JSON text in a replication task. */
export function parseTableRules(tableMappings: unknown): TableRules {
  const parsed = mappings.safeParse(fromText(tableMappings));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') ?? '';
    throw new Error(
      `Cannot read table mappings: ${place}: ${issue?.message}: received ${shown(tableMappings, issue?.path)}`,
    );
  }
  const { rules } = parsed.data;
  const ids = rules.map((each) => each['rule-id']);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw new Error(`Cannot read table mappings: rule ids repeat: received "${repeated}"`);
  }
  return { named: rules.flatMap(exactNames), ...questions(rules) };
}

function questions(rules: readonly Rule[]): Omit<TableRules, 'named'> {
  const selections = rules.filter((each) => each['rule-type'] === 'selection');
  const columns = rules.filter((each) => each['rule-type'] === 'transformation');
  const keys = rules.filter((each) => each['rule-type'] === 'object-mapping');
  return {
    selects(schema, table) {
      const fitting = selections.filter((each) => locates(each, schema, table));
      return fitting.length > 0 && fitting.every((each) => each['rule-action'] !== 'exclude');
    },
    keeps(schema, table, column) {
      const ofTable = columns.filter((each) => locates(each, schema, table));
      const included = ofTable.filter((each) => each['rule-action'] === 'include-column');
      const removed = ofTable.filter((each) => each['rule-action'] === 'remove-column');
      const names = (each: (typeof ofTable)[number]) =>
        like(each['object-locator']['column-name'], column);
      return (included.length === 0 || included.some(names)) && !removed.some(names);
    },
    partitionColumn(schema, table) {
      const [mapping, second] = keys.filter((each) => locates(each, schema, table));
      if (second !== undefined) {
        throw new Error(
          `Cannot read table mappings: two rules map the partition key of ${schema}.${table}: received rule "${second['rule-id']}"`,
        );
      }
      return mapping?.['mapping-parameters']['partition-key-name'];
    },
  };
}

function locates(each: Rule, schema: string, table: string): boolean {
  const locator = each['object-locator'];
  return like(locator['schema-name'], schema) && like(locator['table-name'], table);
}

/** `%` stands for any text, as in the mappings' documentation; all else is literal. */
function like(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('%');
  const tail = rest.pop();
  if (tail === undefined) return name === pattern;
  if (!name.startsWith(head) || !name.endsWith(tail)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - tail.length;
}

function exactNames(each: Rule): TableRules['named'] {
  const { 'schema-name': schema, 'table-name': table } = each['object-locator'];
  if (`${schema}${table}`.includes('%')) return [];
  if (each['rule-type'] === 'object-mapping') {
    return [{ schema, table, column: each['mapping-parameters']['partition-key-name'] }];
  }
  if (each['rule-type'] === 'selection')
    return each['rule-action'] === 'exclude' ? [] : [{ schema, table }];
  const column = each['object-locator']['column-name'];
  return column.includes('%') ? [] : [{ schema, table, column }];
}

function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new Error(
      `Cannot read table mappings: they are no JSON: received ${value.slice(0, 100)}`,
      {
        cause: error,
      },
    );
  }
}

function shown(value: unknown, place: readonly PropertyKey[] | undefined): string {
  let found: unknown = fromText(value);
  for (const step of place ?? []) {
    found = z.record(z.any(), z.unknown()).safeParse(found).data?.[String(step)] ?? found;
  }
  return JSON.stringify(found)?.slice(0, 200) ?? String(found);
}
