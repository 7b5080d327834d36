import { clickTypes } from '../../../shared/events/click.ts';
import { unknownCountry } from '../country-code.ts';
import { epochInstant, isoInstant, type ToInstant } from '../instant.ts';
import { LineFault } from '../line-fault.ts';
import {
  looseText,
  neededInstant,
  neededPrice,
  neededQuantity,
  neededText,
} from '../read-field.ts';
import type { EventFormat, FileClick, FileProduct, Row } from './event-format.ts';

const product = [
  { name: 'name', aliases: ['product_name', 'description'] },
  { name: 'category' },
  { name: 'seller' },
  { name: 'brand' },
];

/** Orders of any file: its columns are mapped, or are called as the fields are. */
export const genericOrders: EventFormat = {
  name: 'generic',
  fields: [
    { name: 'order', needed: true, aliases: ['order_id'] },
    { name: 'time', needed: true, aliases: ['timestamp', 'ordered_at'] },
    { name: 'sku', needed: true, aliases: ['product', 'product_id'] },
    { name: 'quantity', needed: true },
    { name: 'price', needed: true, aliases: ['unit_price'] },
    { name: 'customer', aliases: ['customer_id'] },
    { name: 'country' },
    { name: 'channel' },
    ...product,
  ],
  sale(row, toInstant) {
    const price = neededPrice(row, 'price');
    return {
      order: neededText(row, 'order', 128),
      atMs: timeOf(row, toInstant),
      customer: looseText(row, 'customer', 100) || undefined,
      country: looseText(row, 'country', 100) || undefined,
      product: productOf(row, neededText(row, 'sku', 64)),
      quantity: neededQuantity(row, 'quantity'),
      priceCents: price.cents,
      channel: looseText(row, 'channel', 20) || 'web',
      isCancellation: false,
      changed: price.isRounded ? { unitPrice: `Rounded to the cent: "${row('price')}"` } : {},
    };
  },
};

/** Clicks of any file. Without a word about consent, nothing of the person is kept. */
export const genericClicks: EventFormat = {
  name: 'generic',
  fields: [
    { name: 'time', needed: true, aliases: ['timestamp', 'occurred_at'] },
    { name: 'type', needed: true, aliases: ['event', 'event_type'] },
    { name: 'session', needed: true, aliases: ['session_id'] },
    { name: 'sku', aliases: ['product', 'product_id'] },
    { name: 'user', aliases: ['user_id'] },
    { name: 'consent' },
    ...product,
  ],
  click(row, toInstant) {
    const type = typeOf(row);
    const sku = type === 'browse' ? '' : neededText(row, 'sku', 64);
    const category = looseText(row, 'category', 100);
    if (type === 'browse') neededText(row, 'category', 100);
    return {
      type,
      atMs: timeOf(row, toInstant),
      session: neededText(row, 'session', 64),
      user: looseText(row, 'user', 64) || undefined,
      product: sku === '' ? undefined : productOf(row, sku),
      priceCents: undefined,
      category: category || undefined,
      consent: consentOf(row),
    };
  },
};

function timeOf(row: Row, toInstant: ToInstant): number {
  return neededInstant(row, 'time', (text) => epochInstant(text) ?? isoInstant(text, toInstant));
}

function typeOf(row: Row): FileClick['type'] {
  const known = clickTypes.filter((type) => type !== 'page');
  const type = known.find((one) => one === row('type'));
  if (type !== undefined) return type;
  throw new LineFault('type', `Must be ${known.join(', ')}: received "${row('type')}"`);
}

function consentOf(row: Row): FileClick['consent'] {
  const text = row('consent') || 'statistics';
  if (text === 'none' || text === 'statistics' || text === 'personal') return text;
  throw new LineFault('consent', `Must be none, statistics or personal: received "${text}"`);
}

function productOf(row: Row, sku: string): FileProduct {
  return {
    sku,
    name: looseText(row, 'name', 200) || sku,
    category: looseText(row, 'category', 100) || 'Imported',
    seller: looseText(row, 'seller', 200) || 'Imported',
    sellerCountry: unknownCountry,
    brand: looseText(row, 'brand', 100),
  };
}
