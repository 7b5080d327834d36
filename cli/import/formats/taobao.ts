import { epochInstant } from '../instant.ts';
import { dayOf, neededInstant, neededText, neededWord } from '../read-field.ts';
import type { EventFormat, FileClick, FileProduct, Row } from './event-format.ts';

const types = new Map<string, FileClick['type']>([
  ['pv', 'view'],
  ['cart', 'cart'],
  ['fav', 'wishlist'],
  ['buy', 'purchase'],
]);

/**
 * What users of a market place did in nine days of 2017, without names of columns, prices, orders
 * and sessions. What one user buys in one second is one order, what he does in one day one session.
 * https://tianchi.aliyun.com/dataset/649
 */
export const taobao: EventFormat = {
  name: 'taobao',
  fields: ['user', 'item', 'category', 'behavior', 'timestamp'].map((name) => ({
    name,
    needed: true,
  })),
  maybeNameless: true,
  sale(row) {
    if (neededWord(row, 'behavior', types) !== 'purchase') return undefined;
    const customer = neededText(row, 'user', 25);
    return {
      order: `${customer}-${row('timestamp')}`,
      atMs: neededInstant(row, 'timestamp', epochInstant),
      customer,
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
    const type = neededWord(row, 'behavior', types);
    const atMs = neededInstant(row, 'timestamp', epochInstant);
    const user = neededText(row, 'user', 50);
    const session = dayOf(user, atMs);
    const product = productOf(row);
    return {
      ...{ type, atMs, session, user, product, category: product.category },
      ...{ priceCents: undefined, consent: 'personal' },
    };
  },
};

function productOf(row: Row): FileProduct {
  const id = neededText(row, 'item', 40);
  const category = `Taobao ${neededText(row, 'category', 40)}`;
  return {
    ...{ sku: `taobao-${id}`, name: `Item ${id}`, category, brand: '' },
    ...{ seller: 'Taobao', sellerCountry: 'CN' },
  };
}
