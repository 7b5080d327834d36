import { unknownCountry } from '../country-code.ts';
import { epochInstant } from '../instant.ts';
import { dayOf, neededInstant, neededText, neededWord } from '../read-field.ts';
import type { EventFormat, FileClick, FileProduct, Row } from './event-format.ts';

const types = new Map<string, FileClick['type']>([
  ['view', 'view'],
  ['addtocart', 'cart'],
  ['transaction', 'purchase'],
]);

/**
 * Clicks and purchases of a shop of 2015, all ids made unreadable, without prices.
 * https://www.kaggle.com/datasets/retailrocket/ecommerce-dataset
 */
export const retailRocket: EventFormat = {
  name: 'retail-rocket',
  fields: ['timestamp', 'visitorid', 'event', 'itemid', 'transactionid'].map((name) => ({
    name,
    needed: true,
  })),
  sale(row) {
    if (neededWord(row, 'event', types) !== 'purchase') return undefined;
    return {
      order: neededText(row, 'transactionid', 40),
      atMs: neededInstant(row, 'timestamp', epochInstant),
      customer: neededText(row, 'visitorid', 60),
      country: undefined,
      product: productOf(row),
      quantity: 1,
      priceCents: undefined,
      channel: 'web',
      isCancellation: false,
      changed: {},
    };
  },
  click(row) {
    const type = neededWord(row, 'event', types);
    const atMs = neededInstant(row, 'timestamp', epochInstant);
    const user = neededText(row, 'visitorid', 50);
    const session = dayOf(user, atMs);
    return {
      ...{ type, atMs, session, user, product: productOf(row), consent: 'personal' },
      ...{ category: undefined, priceCents: undefined },
    };
  },
};

/** Its numbers mean nothing elsewhere: they get a prefix, so that no other product has them. */
function productOf(row: Row): FileProduct {
  const id = neededText(row, 'itemid', 40);
  const shop = 'RetailRocket';
  return {
    ...{ sku: `rr-${id}`, name: `Item ${id}`, category: shop, brand: '' },
    ...{ seller: shop, sellerCountry: unknownCountry },
  };
}
