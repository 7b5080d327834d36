import type { ImportField } from './column-map.ts';
import { cutText } from './cut-text.ts';
import { LineFault } from './line-fault.ts';

/** What a catalogue tells of a product, and what files call it. */
export const productFields = [
  {
    name: 'sku',
    needed: true,
    aliases: ['id', 'productId', 'stockCode', 'itemId', 'asin', 'code'],
  },
  { name: 'name', needed: true, aliases: ['title', 'productName', 'product'] },
  { name: 'price', needed: true, aliases: ['unitPrice', 'listPrice'] },
  { name: 'description', aliases: ['details'] },
  { name: 'stock', aliases: ['availableStock', 'stockQuantity', 'quantity', 'inventory'] },
  { name: 'category', aliases: ['categoryName', 'department'] },
  { name: 'seller', aliases: ['sellerName', 'vendor', 'merchant', 'supplier'] },
  { name: 'sellerCountry', aliases: ['country'] },
  { name: 'brand', aliases: ['brandName', 'manufacturer', 'make'] },
  { name: 'rating', aliases: ['stars', 'averageRating'] },
  { name: 'reorderPoint', aliases: ['restockThreshold'] },
  { name: 'leadTimeDays', aliases: ['leadTime'] },
  { name: 'isActive', aliases: ['active', 'enabled'] },
] as const satisfies readonly ImportField[];

type ProductField = (typeof productFields)[number]['name'];

/** A product of a file; null: the file does not tell. */
export interface FileProduct {
  readonly sku: string;
  readonly name: string;
  /** Decimal text, to the cent. */
  readonly price: string;
  readonly description: string | null;
  readonly stock: number | null;
  readonly category: string | null;
  readonly seller: string | null;
  readonly sellerCountry: string | null;
  readonly brand: string | null;
  readonly rating: string | null;
  readonly reorderPoint: number | null;
  readonly leadTimeDays: number | null;
  readonly isActive: boolean | null;
}

/** Grouped by commas or not at all, cents behind a point; or grouped by points, behind a comma. */
const pointForm = /^(\d*|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2})0*)?$/;
const commaForm = /^(\d+(?=,)|\d{1,3}(?:\.\d{3})+(?=,)|\d{1,3}(?:\.\d{3}){2,})(?:,(\d{1,2})0*)?$/;
/** Thousands where points group, thousandths where they do not. */
const ambiguous = /^\d+\.\d{3}$/;
/** Lengths of the columns. */
const lengths = { sku: 64, name: 200, description: 2_000, category: 100, seller: 200, brand: 100 };
const integerMax = 2 ** 31 - 1;
const priceCentsMax = 999_999_999_999;
const words = new Map(
  Object.entries({ true: true, yes: true, y: true, 1: true, active: true }).concat(
    Object.entries({ false: false, no: false, n: false, 0: false, inactive: false }),
  ),
);

/**
 * Reads a product.
 *
 * @param field gives the text of a field, without blanks around it; empty: it is not told.
 * @throws LineFault that names the field and says what is wrong with it.
 */
export function readProduct(field: (name: ProductField) => string): FileProduct {
  return {
    sku: told(shortText('sku', field('sku'))),
    // A text for people may be cut; a key may not.
    name: told({ name: 'name', text: cutText(plainText('name', field('name')), lengths.name) }),
    price: readPrice(field('price')),
    description: orNull(cutText(field('description'), lengths.description)),
    stock: wholeNumber('stock', field('stock')),
    category: orNull(shortText('category', field('category')).text),
    seller: orNull(shortText('seller', field('seller')).text),
    sellerCountry: country(field('sellerCountry')),
    brand: orNull(shortText('brand', field('brand')).text),
    rating: readRating(field('rating')),
    reorderPoint: wholeNumber('reorderPoint', field('reorderPoint')),
    leadTimeDays: wholeNumber('leadTimeDays', field('leadTimeDays')),
    isActive: yesOrNo(field('isActive')),
  };
}

/** Reads the name of a category. */
export function readCategory(field: (name: 'category') => string): string {
  return told(shortText('category', field('category')));
}

/**
 * A price as shops write it: `19.50`, `1,299.00`, `1.299,00`, `R$ 12,5`. What may be read in two ways
 * (`1.299`) is refused.
 */
export function readPrice(text: string): string {
  const bare = told({ name: 'price', text }).replaceAll(
    /^[^\d.,()-]+|[^\d.,()-]+$|(?<=\d)[ ’'](?=\d)/g,
    '',
  );
  if (bare.startsWith('-'))
    throw new LineFault('price', `Must not be negative: received "${text}"`);
  const read = ambiguous.test(bare) ? null : (pointForm.exec(bare) ?? commaForm.exec(bare));
  const [, whole = '', cents = ''] = read ?? [];
  if (whole + cents === '') {
    throw new LineFault('price', `Must be a price to the cent, like 12.50: received "${text}"`);
  }
  const digits = `${whole.replaceAll(/\D/g, '')}${cents.padEnd(2, '0')}`;
  if (Number(digits) > priceCentsMax) {
    throw new LineFault('price', `Is more than a price can be: received "${text}"`);
  }
  return `${digits.slice(0, -2) || '0'}.${digits.slice(-2)}`;
}

function told({ name, text }: { name: string; text: string }): string {
  if (text !== '') return text;
  throw new LineFault(name, 'Must not be empty');
}

function plainText(name: string, text: string): string {
  if (!/\p{Cc}/u.test(text)) return text;
  throw new LineFault(name, 'Must not hold control characters or line breaks');
}

function shortText(name: keyof typeof lengths, text: string): { name: string; text: string } {
  if (text.length <= lengths[name]) return { name, text: plainText(name, text) };
  throw new LineFault(
    name,
    `Must have at most ${lengths[name]} characters: received ${text.length}`,
  );
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

function wholeNumber(name: ProductField, text: string): number | null {
  if (text === '') return null;
  const value = /^\d{1,10}(\.0+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= integerMax) return value;
  throw new LineFault(name, `Must be a whole number from 0: received "${text}"`);
}

function readRating(text: string): string | null {
  if (text === '') return null;
  const value = /^\d(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 5) return value.toFixed(1);
  throw new LineFault('rating', `Must be a number from 0 to 5: received "${text}"`);
}

function country(text: string): string | null {
  if (text === '') return null;
  if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
  throw new LineFault('sellerCountry', `Must be two letters, like BR: received "${text}"`);
}

function yesOrNo(text: string): boolean | null {
  if (text === '') return null;
  const value = words.get(text.toLowerCase());
  if (value !== undefined) return value;
  throw new LineFault('isActive', `Must be true or false: received "${text}"`);
}
