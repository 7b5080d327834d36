import { expect, test } from 'vitest';
import { compareFacts } from '../../../cli/replay/lake.ts';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { shopSources } from '../../../shared/fraud/sources.ts';

const fact = (id: string, atMs = 1): LakeFact => ({
  ...{ id, atMs, stream: 'shop-changes', arrivalMs: 0, isBackfill: false, data: Buffer.from('') },
});
const inOrder = (facts: readonly LakeFact[]) =>
  facts.toSorted(compareFacts).map(({ id, atMs }) => `${id} at ${atMs}`);

test('compareFacts() orders facts of one instant as the features of fraud have it', () => {
  const tables: Readonly<Record<keyof typeof shopSources, string>> = {
    click: 'clicks',
    review: 'order_reviews',
    order: 'orders',
    item: 'order_items',
    adjustment: 'order_adjustments',
    payment: 'payments',
  };
  const expected = (Object.keys(shopSources) as (keyof typeof shopSources)[]).map(
    (source) => `${tables[source]}|1`,
  );
  const facts = expected.toReversed().map((id) => fact(id));
  expect(inOrder(facts)).toEqual(expected.map((id) => `${id} at 1`));
});

test('compareFacts() orders by time first, and by number last', () => {
  expect(
    inOrder([fact('orders|10'), fact('orders|9'), fact('payments|1', 0), fact('clicks|a', 2)]),
  ).toEqual(['payments|1 at 0', 'orders|9 at 1', 'orders|10 at 1', 'clicks|a at 2']);
});
