import { describe, expect, test } from 'vitest';
import { recordFilter } from '../../../../infra/local/event-source/record-filter.ts';

function record(data: unknown) {
  return {
    sequenceNumber: '1',
    partitionKey: 'customer-7',
    data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)),
    approximateArrivalTimestamp: 1000,
  };
}

const order = {
  type: 'order',
  channel: 'web',
  total: 250,
  tags: ['new', 'gift'],
  coupon: null,
  paid: true,
  customer: { country: 'DE', name: 'Zoë' },
  items: [{ sku: 'a' }, { sku: 'b' }],
};

describe('recordFilter() on JSON data', () => {
  test.each<[boolean, object]>([
    [true, { type: ['order'] }],
    [true, { type: ['alert', 'order'] }],
    [false, { type: ['alert'] }],
    [false, { total: ['250'] }],
    [true, { total: [250] }],
    [true, { coupon: [null] }],
    [false, { missing: [null] }],
    [true, { paid: [true] }],
    [true, { tags: ['gift'] }],
    [false, { tags: ['old'] }],
    [true, { type: ['order'], channel: ['web'] }],
    [false, { type: ['order'], channel: ['shop'] }],
    [true, { customer: { country: ['DE'] } }],
    [false, { customer: { country: ['FR'] } }],
    [true, { items: { sku: ['b'] } }],
    [false, { items: { sku: ['c'] } }],
    [true, { channel: [{ prefix: 'w' }] }],
    [false, { channel: [{ prefix: 'eb' }] }],
    [true, { channel: [{ suffix: 'eb' }] }],
    [true, { channel: [{ prefix: { 'equals-ignore-case': 'WE' } }] }],
    [true, { channel: [{ 'equals-ignore-case': 'WEB' }] }],
    [false, { channel: [{ 'equals-ignore-case': 'WE' }] }],
    [true, { total: [{ numeric: ['>', 200, '<=', 250] }] }],
    [false, { total: [{ numeric: ['>', 250] }] }],
    [true, { total: [{ numeric: ['=', 250] }] }],
    [true, { total: [{ numeric: ['>=', 250, '<', 251] }] }],
    [false, { channel: [{ numeric: ['>', 0] }] }],
    [true, { channel: [{ 'anything-but': ['shop'] }] }],
    [false, { channel: [{ 'anything-but': ['shop', 'web'] }] }],
    [false, { channel: [{ 'anything-but': 'web' }] }],
    [true, { channel: [{ 'anything-but': { prefix: 's' } }] }],
    [false, { missing: [{ 'anything-but': ['x'] }] }],
    [true, { coupon: [{ exists: true }] }],
    [false, { missing: [{ exists: true }] }],
    [true, { missing: [{ exists: false }] }],
    [false, { type: [{ exists: false }] }],
    [true, { $or: [{ type: ['alert'] }, { channel: ['web'] }] }],
    [false, { $or: [{ type: ['alert'] }, { channel: ['shop'] }] }],
    [false, { type: ['alert'], $or: [{ channel: ['web'] }] }],
    [false, { toString: [{ exists: true }] }],
  ])('gives %s for %j', (expected, data) => {
    expect(recordFilter([JSON.stringify({ data })])(record(order))).toBe(expected);
  });

  test('drops what is not a JSON object', () => {
    const filter = recordFilter(['{"data":{"missing":[{"exists":false}]}}']);
    expect(['{}', '{', 'text', '1', '[]', ''].map((data) => filter(record(data)))).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

test('recordFilter() matches plain text with a list, and drops JSON then', () => {
  const filter = recordFilter(['{"data":["ping",{"prefix":"log:"}]}']);
  expect(['ping', 'log: x', 'pong', '{}'].map((data) => filter(record(data)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('recordFilter() matches the record’s own fields without looking at the data', () => {
  const filter = recordFilter(['{"partitionKey":[{"prefix":"customer-"}]}']);
  expect(filter(record('not json'))).toBe(true);
  expect(recordFilter(['{"partitionKey":["other"]}'])(record('not json'))).toBe(false);
});

test('recordFilter() passes what one of several patterns wants, and everything without patterns', () => {
  const patterns = ['alert', 'order'].map((type) => JSON.stringify({ data: { type: [type] } }));
  expect(recordFilter(patterns)(record(order))).toBe(true);
  expect(recordFilter([])(record('anything'))).toBe(true);
});

test.each([
  ['{', 'the pattern is not a JSON object'],
  ['[]', 'the pattern is not a JSON object'],
  ['{"data":{"a":"b"}}', 'a field needs a list or an object of fields: received "b"'],
  ['{"data":{"a":[{"cidr":"10.0.0.0/8"}]}}', 'the operator is unknown or malformed'],
  ['{"data":{"a":[{"numeric":[1,">"]}]}}', 'the operator is unknown or malformed'],
  ['{"data":{"$or":[]}}', '$or needs a list of patterns'],
])('recordFilter() refuses the pattern %s', (pattern, message) => {
  expect(() => recordFilter([pattern])).toThrow(message);
});
