import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmsTableMappings } from '../../../infra/constructs/dms-table-mappings.ts';
import { parseTableRules } from '../../../infra/local/capture/table-rules.ts';
import { type CapturedTable, capturedTables } from '../../../shared/shop/captured-tables.ts';

const order: CapturedTable = {
  name: 'orders',
  primaryKey: 'id',
  partitionKey: 'customer_id',
  columns: ['id', 'customer_id', 'total'],
};

const name = fc.stringMatching(/^[a-z][a-z_]{0,9}$/);
const tables: fc.Arbitrary<CapturedTable[]> = fc.uniqueArray(
  fc
    .record({
      name,
      columns: fc.uniqueArray(name, { minLength: 1, maxLength: 98 }),
      pick: fc.nat(),
    })
    .map(({ name, columns, pick }) => ({
      name,
      columns,
      primaryKey: columns[0] ?? '',
      partitionKey: columns[pick % columns.length] ?? '',
    })),
  { selector: (table) => table.name, minLength: 1, maxLength: 20 },
);

describe('dmsTableMappings()', () => {
  test('selects a table, keeps its columns, maps its partition key', () => {
    expect(dmsTableMappings([order]).rules).toEqual([
      {
        'rule-type': 'selection',
        'rule-id': '100',
        'rule-name': 'capture-orders',
        'rule-action': 'include',
        'object-locator': { 'schema-name': 'public', 'table-name': 'orders' },
        filters: [],
      },
      ...['id', 'customer_id', 'total'].map((column, index) => ({
        'rule-type': 'transformation',
        'rule-id': String(101 + index),
        'rule-name': `keep-orders-${column}`,
        'rule-target': 'column',
        'rule-action': 'include-column',
        'object-locator': {
          'schema-name': 'public',
          'table-name': 'orders',
          'column-name': column,
        },
        value: null,
        'old-value': null,
      })),
      {
        'rule-type': 'object-mapping',
        'rule-id': '199',
        'rule-name': 'partition-orders',
        'rule-action': 'map-record-to-record',
        'object-locator': { 'schema-name': 'public', 'table-name': 'orders' },
        'mapping-parameters': {
          'partition-key-type': 'attribute-name',
          'partition-key-name': 'customer_id',
        },
      },
    ]);
  });

  test('numbers no two rules alike, whatever the tables', () => {
    fc.assert(
      fc.property(tables, (some) => {
        const ids = dmsTableMappings(some).rules.map((rule) => rule['rule-id']);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test('lets no other column leave, as the local capture reads it', () => {
    const rules = parseTableRules(dmsTableMappings(capturedTables));
    for (const { name: table, columns, partitionKey } of capturedTables) {
      expect(rules.selects('public', table)).toBe(true);
      expect(columns.filter((column) => !rules.keeps('public', table, column))).toEqual([]);
      expect(rules.partitionColumn('public', table)).toBe(partitionKey);
    }
    for (const column of ['email', 'phone', 'address', 'password_hash', 'anything_new']) {
      expect(rules.keeps('public', 'customers', column)).toBe(false);
    }
    for (const column of ['ip', 'shipping_address', 'idempotency_key']) {
      expect(rules.keeps('public', 'orders', column)).toBe(false);
    }
    expect(rules.selects('private', 'credentials')).toBe(false);
    expect(rules.selects('public', 'credentials')).toBe(false);
  });

  test('refuses a table that leaves a key behind, twice a table, twice a column', () => {
    const refused = (table: Partial<CapturedTable>) => () =>
      dmsTableMappings([{ ...order, ...table }]);
    expect(refused({ primaryKey: 'uuid' })).toThrow('Cannot map table: its key "uuid"');
    expect(refused({ partitionKey: 'region' })).toThrow('Cannot map table: its key "region"');
    expect(refused({ columns: [...order.columns, 'id'] })).toThrow('a column is listed twice');
    expect(() => dmsTableMappings([order, order])).toThrow(
      'Cannot map table: it is listed twice: received "orders"',
    );
  });
});
