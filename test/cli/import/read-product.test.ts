import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineFault } from '../../../cli/import/line-fault.ts';
import { readPrice, readProduct } from '../../../cli/import/read-product.ts';

const read = (fields: Readonly<Record<string, string>>) =>
  readProduct((name) => fields[name] ?? '');

function faultOf(fields: Readonly<Record<string, string>>): readonly [string, string] {
  try {
    read(fields);
  } catch (error) {
    if (error instanceof LineFault) return [error.field, error.message];
    throw error;
  }
  throw new Error('It was taken');
}

const needed = { sku: 'A-1', name: 'Lamp', price: '12.50' };

describe('readPrice()', () => {
  test('reads a price to the cent as shops of any country write it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999_999 }),
        fc.constantFrom('en-US', 'de-DE', 'pt-BR', 'en-IN-plain'),
        fc.constantFrom(['', ''], ['$', ''], ['', ' €'], ['R$ ', ''], ['USD ', '']),
        (cents, locale, [before = '', after = '']) => {
          const expected = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
          const written = locale.endsWith('plain')
            ? expected
            : (cents / 100).toLocaleString(locale, { minimumFractionDigits: 2 });
          expect(readPrice(`${before}${written}${after}`)).toBe(expected);
        },
      ),
    );
  });

  test.each([
    ['7', '7.00'],
    ['.5', '0.50'],
    ['12,5', '12.50'],
    ['1,299', '1299.00'],
    ['1 299,00', '1299.00'],
    ['19.5000', '19.50'],
    ['1.299.000', '1299000.00'],
    ['0', '0.00'],
  ])('reads %s as %s', (text, price) => {
    expect(readPrice(text)).toBe(price);
  });

  test.each([
    '',
    'free',
    '1.2345',
    '12,345,6',
    '1.2.3',
    '-3.00',
    '3.00-',
    '(3.00)',
    '1.299',
    '19.500',
    '1,2990',
    '.',
    '$',
    '1e3',
    '99999999999999',
    '1,23.4',
  ])('refuses %j', (text) => {
    expect(() => readPrice(text)).toThrow(LineFault);
  });
});

describe('readProduct()', () => {
  test('reads what is told and leaves open what is not', () => {
    expect(read(needed)).toMatchObject({ ...needed, stock: null, category: null, isActive: null });
    expect(
      read({ ...needed, stock: '7.0', rating: '4.26', isActive: 'No', sellerCountry: 'br' }),
    ).toMatchObject({ stock: 7, rating: '4.3', isActive: false, sellerCountry: 'BR' });
  });

  test('cuts a name and a description that are too long, never a key', () => {
    const long = read({ ...needed, name: 'x'.repeat(300), description: 'y'.repeat(3_000) });
    expect([long.name.length, long.description?.length]).toEqual([200, 2_000]);
    expect(faultOf({ ...needed, sku: 'x'.repeat(65) })).toEqual([
      'sku',
      'Must have at most 64 characters: received 65',
    ]);
  });

  test.each([
    [{ sku: '' }, 'sku', 'Must not be empty'],
    [{ name: '' }, 'name', 'Must not be empty'],
    [{ price: '' }, 'price', 'Must not be empty'],
    [{ price: 'ten' }, 'price', 'Must be a price to the cent, like 12.50: received "ten"'],
    [{ stock: '-1' }, 'stock', 'Must be a whole number from 0: received "-1"'],
    [{ stock: '3000000000' }, 'stock', 'Must be a whole number from 0: received "3000000000"'],
    [{ rating: '5.1' }, 'rating', 'Must be a number from 0 to 5: received "5.1"'],
    [{ isActive: 'maybe' }, 'isActive', 'Must be true or false: received "maybe"'],
    [{ sellerCountry: 'BRA' }, 'sellerCountry', 'Must be two letters, like BR: received "BRA"'],
    [{ name: 'a\nb' }, 'name', 'Must not hold control characters or line breaks'],
  ])('refuses %j', (change, field, reason) => {
    expect(faultOf({ ...needed, ...change })).toEqual([field, reason]);
  });
});
