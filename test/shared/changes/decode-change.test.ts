import { describe, expect, it } from 'vitest';
import { decodeChange } from '../../../shared/changes/decode-change.ts';

const metadata = {
  timestamp: '2026-01-02T03:04:05.123456Z',
  'record-type': 'data',
  operation: 'insert',
  'partition-key-type': 'attribute-name',
  'schema-name': 'public',
  'table-name': 'orders',
  'transaction-id': 77,
  'commit-timestamp': '2026-01-02T03:04:05.000123Z',
};
const order = { id: 41, customer_id: 7, total: 19.9, row_version: 1, shiny_new_column: 'x' };

function decode(record: unknown, space?: number) {
  return decodeChange(Buffer.from(JSON.stringify(record, null, space)));
}

describe('decodeChange()', () => {
  it('reads an insert, pretty or on one line, and keeps columns it does not know', () => {
    for (const space of [undefined, 2]) {
      expect(decode({ data: order, metadata }, space)).toEqual({
        kind: 'change',
        change: {
          table: 'orders',
          operation: 'insert',
          key: '41',
          rowVersion: 1,
          row: order,
          commitTimeMs: Date.parse('2026-01-02T03:04:05.000Z'),
          eventId: 'orders|41|1',
        },
      });
    }
  });

  it('takes the several names of operations, and load records without a transaction', () => {
    const { 'commit-timestamp': _, ...loaded } = { ...metadata, operation: 'read' };
    const decoded = decode({ data: order, metadata: loaded });
    expect(decoded).toMatchObject({ change: { operation: 'load', commitTimeMs: undefined } });
    const created = decode({ data: order, metadata: { ...metadata, operation: 'create' } });
    expect(created).toMatchObject({ change: { operation: 'insert' } });
  });

  it('takes a delete that carries the key alone', () => {
    const decoded = decode({ data: { id: 41 }, metadata: { ...metadata, operation: 'delete' } });
    expect(decoded).toMatchObject({ change: { operation: 'delete', eventId: 'orders|41|d' } });
  });

  it('reads a clock row as a tick, unless a full load brought it', () => {
    const clock = { slice: 3, ticked_at: '2026-01-02T03:04:06.5Z', row_version: 12 };
    const of = (operation: string) => ({ ...metadata, operation, 'table-name': 'clock' });
    expect(decode({ data: clock, metadata: of('update') })).toEqual({
      kind: 'tick',
      atMs: Date.parse('2026-01-02T03:04:06.5Z'),
    });
    expect(decode({ data: clock, metadata: of('load') })).toEqual({ kind: 'ignored' });
  });

  it('ignores control records and tables that are not captured', () => {
    const control = {
      control: {},
      metadata: { 'record-type': 'control', operation: 'add-column' },
    };
    expect(decode(control)).toEqual({ kind: 'ignored' });
    const foreign = { data: { id: 1 }, metadata: { ...metadata, 'table-name': 'awsdms_status' } };
    expect(decode(foreign)).toEqual({ kind: 'ignored' });
  });

  it.each([
    ['not JSON', Buffer.from('{"data":')],
    ['not JSON', Buffer.from([0xff, 0xfe])],
    ['not a change record', Buffer.from('{"hello":1}')],
    ['metadata is missing', Buffer.from('[1]')],
    [
      'metadata.operation is \\"upsert\\"',
      Buffer.from(JSON.stringify({ data: order, metadata: { ...metadata, operation: 'upsert' } })),
    ],
    [
      'data.tags is [\\"new\\"]',
      Buffer.from(JSON.stringify({ data: { ...order, tags: ['new'] }, metadata })),
    ],
    ['primary key', Buffer.from(JSON.stringify({ data: { row_version: 1 }, metadata }))],
    ['row_version', Buffer.from(JSON.stringify({ data: { id: 1 }, metadata }))],
    [
      'commit-timestamp',
      Buffer.from(
        JSON.stringify({ data: order, metadata: { ...metadata, 'commit-timestamp': 'soon' } }),
      ),
    ],
  ])('says why it cannot read: %s', (reason, data) => {
    const decoded = decodeChange(data);
    expect(decoded).toMatchObject({ kind: 'undecodable' });
    expect(JSON.stringify(decoded)).toContain(reason);
  });
});
