import { americanInstant, isoInstant } from '../instant.ts';
import {
  looseText,
  neededInstant,
  neededPrice,
  neededQuantity,
  neededText,
} from '../read-field.ts';
import type { EventFormat } from './event-format.ts';

/**
 * Invoices of a British shop of 2010 and 2011. An invoice whose number begins with C cancels others:
 * it has a number of its own, so what it cancels is not told.
 * https://archive.ics.uci.edu/dataset/352/online+retail
 */
export const uciOnlineRetail: EventFormat = {
  name: 'uci-online-retail',
  fields: [
    { name: 'InvoiceNo', needed: true, aliases: ['Invoice'] },
    { name: 'StockCode', needed: true },
    { name: 'Description', needed: true },
    { name: 'Quantity', needed: true },
    { name: 'InvoiceDate', needed: true },
    { name: 'UnitPrice', needed: true, aliases: ['Price'] },
    { name: 'CustomerID', needed: true },
    { name: 'Country', needed: true },
  ],
  sale(row, toInstant) {
    const order = neededText(row, 'InvoiceNo', 40);
    const sku = neededText(row, 'StockCode', 64);
    const price = neededPrice(row, 'UnitPrice');
    return {
      order,
      atMs: neededInstant(
        row,
        'InvoiceDate',
        (text) => isoInstant(text, toInstant) ?? americanInstant(text, toInstant),
      ),
      // Read as a number on its way into the file.
      customer: looseText(row, 'CustomerID', 100).replace(/\.0+$/, '') || undefined,
      country: looseText(row, 'Country', 100),
      product: {
        sku,
        name: looseText(row, 'Description', 200) || sku,
        category: 'Online retail',
        seller: 'Online Retail UK',
        sellerCountry: 'GB',
        brand: '',
      },
      quantity: neededQuantity(row, 'Quantity'),
      priceCents: price.cents,
      channel: 'web',
      isCancellation: /^c/i.test(order),
      changed: price.isRounded ? { unitPrice: `Rounded to the cent: "${row('UnitPrice')}"` } : {},
    };
  },
};
