import { expect, test } from 'vitest';
import { type CatalogTable, planCapture } from '../../../../infra/local/capture/capture-plan.ts';
import { parseTableRules } from '../../../../infra/local/capture/table-rules.ts';

const catalog: readonly CatalogTable[] = [
  {
    schema: 'public',
    name: 'customers',
    columns: ['id', 'name', 'email', 'email_hash'],
    primaryKey: ['id'],
  },
  { schema: 'public', name: 'orders', columns: ['id', 'customer_id', 'ip'], primaryKey: ['id'] },
  { schema: 'public', name: 'log', columns: ['line'], primaryKey: [] },
  { schema: 'private', name: 'credentials', columns: ['id', 'hash'], primaryKey: ['id'] },
];

const at = (table: string, column?: string, schema = 'public') => ({
  'schema-name': schema,
  'table-name': table,
  ...(column === undefined ? {} : { 'column-name': column }),
});
const include = (table: string) => ({
  'rule-type': 'selection',
  'rule-action': 'include',
  'object-locator': at(table),
});
const exclude = (table: string) => ({ ...include(table), 'rule-action': 'exclude' });
const column = (action: string, table: string, name: string) => ({
  'rule-type': 'transformation',
  'rule-target': 'column',
  'rule-action': action,
  'object-locator': at(table, name),
});
const key = (table: string, name: string) => ({
  'rule-type': 'object-mapping',
  'rule-action': 'map-record-to-record',
  'object-locator': at(table),
  'mapping-parameters': { 'partition-key-type': 'attribute-name', 'partition-key-name': name },
});
const mapped = (...rules: object[]) => ({
  rules: rules.map((rule, index) => ({ ...rule, 'rule-id': index + 1, 'rule-name': `r${index}` })),
});
const plan = (...rules: object[]) => planCapture(parseTableRules(mapped(...rules)), catalog);

test('planCapture() takes exactly the selected tables and their columns, with their keys', () => {
  expect(
    plan(
      include('orders'),
      key('orders', 'customer_id'),
      include('customers'),
      key('customers', 'id'),
      column('include-column', 'customers', 'id'),
      column('include-column', 'customers', 'email_hash'),
      column('remove-column', 'orders', 'ip'),
    ),
  ).toEqual([
    {
      schema: 'public',
      name: 'customers',
      columns: ['id', 'email_hash'],
      primaryKey: ['id'],
      partitionColumn: 'id',
    },
    {
      schema: 'public',
      name: 'orders',
      columns: ['id', 'customer_id'],
      primaryKey: ['id'],
      partitionColumn: 'customer_id',
    },
  ]);
});

test('planCapture() reads % as any text and lets an exclusion win', () => {
  const rules = [include('%'), exclude('log'), exclude('cust%s'), key('%', 'id')];
  expect(plan(...rules).map(({ name }) => name)).toEqual(['orders']);
  const hashes = plan(
    include('customers'),
    key('customers', 'id'),
    column('remove-column', '%', '%mail'),
  );
  expect(hashes[0]?.columns).toEqual(['id', 'name', 'email_hash']);
});

test('parseTableRules() takes the JSON text of a replication task', () => {
  const rules = parseTableRules(JSON.stringify(mapped(include('orders'))));
  expect(rules.selects('public', 'orders')).toBe(true);
  expect(rules.selects('private', 'orders')).toBe(false);
});

test.each([
  ['a table that is not there', [include('orderz')], 'no such table: received "public.orderz"'],
  [
    'a column that is not there',
    [include('orders'), column('include-column', 'orders', 'mail')],
    'no such column: received "public.orders.mail"',
  ],
  ['no table at all', [include('x%')], 'select no table'],
  ['a table without primary key', [include('log'), key('log', 'line')], 'has no primary key'],
  [
    'a primary key left out',
    [include('orders'), key('orders', 'customer_id'), column('remove-column', 'orders', 'id')],
    'primary key is left out: received "public.orders.id"',
  ],
  [
    'a table without partition key',
    [include('orders')],
    'no object-mapping names the partition key',
  ],
  [
    'a partition key left out',
    [include('orders'), key('orders', 'ip'), column('remove-column', 'orders', 'ip')],
    'partition key is left out: received "public.orders.ip"',
  ],
  [
    'two partition keys',
    [include('orders'), key('orders', 'id'), key('%', 'ip')],
    'two rules map the partition key of public.orders',
  ],
])('planCapture() refuses %s', (_what, rules, message) => {
  expect(() => plan(...rules)).toThrow(message);
});

test.each([
  ['another action', { ...include('orders'), 'rule-action': 'copy' }, 'rules.0.rule-action'],
  ['a rename', column('rename', 'orders', 'ip'), 'rules.0.rule-action'],
  ['a filter', { ...include('orders'), filters: [{}] }, 'rules.0.filters'],
  ['a key of its own', { ...include('orders'), 'load-order': 1 }, 'load-order'],
  [
    'another kind of partition key',
    { ...key('orders', 'id'), 'mapping-parameters': { 'partition-key-type': 'primary-key' } },
    'partition-key-type',
  ],
])('parseTableRules() refuses %s', (_what, rule, message) => {
  expect(() => parseTableRules(mapped(rule))).toThrow(message);
});

test('parseTableRules() refuses text that is no JSON, and ids that repeat', () => {
  expect(() => parseTableRules('{')).toThrow('Cannot read table mappings: they are no JSON');
  const twice = mapped(include('orders'), include('customers')).rules;
  expect(() =>
    parseTableRules({ rules: twice.map((rule) => ({ ...rule, 'rule-id': '7' })) }),
  ).toThrow('rule ids repeat: received "7"');
});
