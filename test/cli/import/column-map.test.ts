import { expect, test } from 'vitest';
import { columnsOf } from '../../../cli/import/column-map.ts';

const fields = [
  { name: 'sku', needed: true, aliases: ['id'] },
  { name: 'price', needed: true, aliases: ['UnitPrice'] },
  { name: 'brand' },
] as const;

test('columnsOf() finds columns by name or alias, however they are spelt', () => {
  expect(columnsOf(fields, ['Unit Price', 'SKU', 'Other'])).toEqual({
    sku: 'SKU',
    price: 'Unit Price',
  });
});

test('columnsOf() goes by --map before names', () => {
  const maps = ['price=Net=Gross', 'brand=Maker'];
  expect(columnsOf(fields, ['Id', 'Price', 'Net=Gross', 'Maker'], maps)).toEqual({
    sku: 'Id',
    price: 'Net=Gross',
    brand: 'Maker',
  });
});

test('columnsOf() tells what is missing, and what a --map got wrong', () => {
  expect(() => columnsOf(fields, ['Title'])).toThrow(
    'Cannot import: no column for sku, price; name it with --map sku=Column: received columns Title',
  );
  expect(() => columnsOf(fields, ['id'], ['cost=id'])).toThrow(
    '--map takes field=Column, with a field of sku, price, brand: received "cost=id"',
  );
  expect(() => columnsOf(fields, ['id'], ['price'])).toThrow('received "price"');
  expect(() => columnsOf(fields, ['id'], ['price=Cost'])).toThrow(
    'the file has no column "Cost", only id: received --map "price=Cost"',
  );
});
