import { unknownCountry } from '../country-code.ts';
import { isoInstant, type ToInstant } from '../instant.ts';
import { looseText, neededInstant, neededPrice, neededText, neededWord } from '../read-field.ts';
import type { EventFormat, FileClick, FileProduct, Row } from './event-format.ts';

const types = new Map<string, FileClick['type']>([
  ['view', 'view'],
  ['cart', 'cart'],
  ['remove_from_cart', 'remove'],
  ['purchase', 'purchase'],
]);

/**
 * Clicks and purchases of large shops of 2019 and 2020, a line for each piece. What is bought in one
 * session is one order.
 * https://rees46.com/en/open-cdp-datasets
 */
export const rees46: EventFormat = {
  name: 'rees46',
  fields: [
    { name: 'event_time', needed: true },
    { name: 'event_type', needed: true },
    { name: 'product_id', needed: true },
    { name: 'category_id', needed: true },
    { name: 'category_code', needed: true },
    { name: 'brand', needed: true },
    { name: 'price', needed: true },
    { name: 'user_id', needed: true },
    { name: 'user_session', needed: true },
  ],
  sale(row, toInstant) {
    if (neededWord(row, 'event_type', types) !== 'purchase') return undefined;
    const price = neededPrice(row, 'price');
    return {
      order: neededText(row, 'user_session', 40),
      atMs: timeOf(row, toInstant),
      customer: neededText(row, 'user_id', 60),
      country: undefined,
      product: productOf(row),
      quantity: 1,
      priceCents: price.cents,
      channel: 'web',
      isCancellation: false,
      changed: price.isRounded ? { unitPrice: `Rounded to the cent: "${row('price')}"` } : {},
    };
  },
  click: (row, toInstant) => ({
    type: neededWord(row, 'event_type', types),
    atMs: timeOf(row, toInstant),
    session: neededText(row, 'user_session', 64),
    user: neededText(row, 'user_id', 64),
    product: productOf(row),
    priceCents: row('price') === '' ? undefined : neededPrice(row, 'price').cents,
    category: categoryOf(row),
    consent: 'personal',
  }),
};

function timeOf(row: Row, toInstant: ToInstant): number {
  return neededInstant(row, 'event_time', (text) => isoInstant(text, toInstant));
}

function categoryOf(row: Row): string {
  return looseText(row, 'category_code', 100) || `Category ${neededText(row, 'category_id', 40)}`;
}

function productOf(row: Row): FileProduct {
  const id = neededText(row, 'product_id', 40);
  const brand = looseText(row, 'brand', 100);
  return {
    sku: `rees46-${id}`,
    name: brand === '' ? `Product ${id}` : `${brand} ${id}`,
    category: categoryOf(row),
    seller: 'REES46',
    sellerCountry: unknownCountry,
    brand,
  };
}
