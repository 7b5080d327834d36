import { epochInstant } from '../instant.ts';
import { LineFault } from '../line-fault.ts';
import { neededInstant, neededText } from '../read-field.ts';
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
    if (typeOf(row) !== 'purchase') return undefined;
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
    const type = typeOf(row);
    const atMs = neededInstant(row, 'timestamp', epochInstant);
    const user = neededText(row, 'user', 50);
    const session = `${user}/${new Date(atMs).toISOString().slice(0, 10)}`;
    const product = productOf(row);
    return {
      ...{ type, atMs, session, user, product, category: product.category },
      ...{ priceCents: undefined, consent: 'personal' },
    };
  },
};

function typeOf(row: Row): FileClick['type'] {
  const type = types.get(row('behavior'));
  if (type !== undefined) return type;
  const known = [...types.keys()].join(', ');
  throw new LineFault('behavior', `Must be ${known}: received "${row('behavior')}"`);
}

function productOf(row: Row): FileProduct {
  const id = neededText(row, 'item', 40);
  const category = `Taobao ${neededText(row, 'category', 40)}`;
  return {
    ...{ sku: `taobao-${id}`, name: `Item ${id}`, category, brand: '' },
    ...{ seller: 'Taobao', sellerCountry: 'CN' },
  };
}
