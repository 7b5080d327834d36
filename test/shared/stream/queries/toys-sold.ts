import { type Emission, keyedJob } from '../../../../shared/stream/job.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { Item, Product } from '../../../fixtures/shop-log.ts';
import { dayMs, emissionRows, inTime, query } from './query.ts';

type Event = Item | Product;

/** What is known of a product, and the items that wait for it. */
type Known = {
  readonly product: { readonly category: string; readonly supplier: string } | null;
  readonly waiting: readonly { readonly item: string; readonly pieces: number }[];
};

const job = keyedJob([loggedSource<Event>('items'), loggedSource<Event>('products')], {
  ...inTime,
  name: 'toys-sold',
  key: ({ product }) => product,
  stateTtlMs: 2 * dayMs,
  evaluate(event: Event, state: Known = { product: null, waiting: [] }) {
    const { product, waiting } =
      event.kind === 'product'
        ? {
            product: { category: event.category, supplier: event.supplier },
            waiting: state.waiting,
          }
        : {
            product: state.product,
            waiting: [...state.waiting, { item: event.item, pieces: event.pieces }],
          };
    if (!product) return { state: { product, waiting }, emissions: [] };
    const sold = product.category === 'toys' ? waiting : [];
    const emissions = sold.map(
      ({ item, pieces }): Emission => ({
        id: `toys-sold|1|${item}`,
        type: 'toy-sold',
        revision: 1,
        entity: event.product,
        data: { item, pieces, product: event.product, supplier: product.supplier },
      }),
    );
    return { state: { product, waiting: [] }, emissions };
  },
});

/** Nexmark's query 20: a join that keeps one category, whichever side comes first. */
export const toysSold = query({
  name: 'toys-sold',
  job,
  events: ({ items, products }) => [...items, ...products],
  rows: emissionRows,
});
