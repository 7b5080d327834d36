import { describe, expect, it } from 'vitest';
import { checkSchema, columnTexts } from '../../../../infra/local/firehose/column-text.ts';

const convert = (type: string, json: string) =>
  columnTexts([{ name: 'v', type }], `{"V":${json}}`)['v'];

describe('columnTexts()', () => {
  it.each([
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['bigint', '"9223372036854775807"', '9223372036854775807'],
    ['int', '-7', '-7'],
    ['decimal(12,2)', '9999999999.99', '9999999999.99'],
    ['decimal(12,2)', '"0.10"', '0.10'],
    ['decimal(12,2)', '5', '5'],
    ['double', '1.5e3', '1500'],
    ['boolean', '"TRUE"', 'TRUE'],
    ['timestamp', '"2026-01-02 03:04:05.678"', '2026-01-02 03:04:05.678'],
    ['date', '"2026-01-02"', '2026-01-02'],
    ['string', '{"a": [1]}', '{"a":[1]}'],
    ['string', '7', '7'],
    ['int', 'null', null],
  ])('reads %s from %s', (type, json, expected) => {
    expect(convert(type, json)).toBe(expected);
  });

  it.each([
    ['bigint', '9223372036854775808'],
    ['int', '2147483648'],
    ['int', '1.5'],
    ['decimal(12,2)', '"12345678901.00"'],
    ['decimal(12,2)', '1.234'],
    ['decimal(12,2)', '""'],
    ['boolean', '1'],
    ['timestamp', '"2026-13-02 03:04:05"'],
    ['timestamp', '"2026-01-02T03:04:05Z"'],
    ['date', '"today"'],
  ])('refuses to read %s from %s', (type, json) => {
    expect(() => convert(type, json)).toThrow(`Cannot convert column v: it is not of type ${type}`);
  });

  it('leaves unknown fields out and reads absent ones as null', () => {
    expect(columnTexts([{ name: 'a', type: 'int' }], '{"b":1}')).toEqual({ a: null });
  });
});

describe('checkSchema()', () => {
  it('names a column whose type is not played', () => {
    expect(() => checkSchema([{ name: 'tags', type: 'array<string>' }])).toThrow(
      'Cannot convert column tags',
    );
  });
});
