import type { z } from 'zod';
import { mostViewedJob, type ProductClick } from '../../functions/statistics/most-viewed.ts';
import { type SoldItem, sold } from '../../functions/statistics/sold.ts';
import { settings } from '../../shared/config/settings.ts';
import { mostViewedDataSchema } from '../../shared/events/most-viewed.ts';
import { clickDataSet, type LakeDataSet, lakeDataSets } from '../../shared/lake/data-sets.ts';
import { firstBy } from '../../shared/statistics/first-by.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import type { Source } from '../../shared/stream/source.ts';
import { sliding } from '../../shared/stream/window.ts';
import { playWindows } from './play-windows.ts';
import { type Ranking, type RankingShape, rankedData } from './ranking.ts';
import type { LakeRow } from './read-rows.ts';

/** What the command can rank by. */
export const rankings: readonly Ranking[] = [
  {
    name: 'top-viewed',
    about: 'clicks on a product: views, or what --event says',
    unit: ({ clickType }) => clickType,
    dataSet: clickDataSet,
    columns: ['product_id'],
    where: ({ clickType }) => `type = '${clickType}' AND product_id IS NOT NULL`,
    async *play({ windowMs, slideMs, top }, pages) {
      const shape = {
        ...{ mostViewedWindowMs: windowMs, mostViewedSlideMs: slideMs, mostViewedProducts: top },
      };
      const job = mostViewedJob({ ...settings({}), ...shape }, past<ProductClick>('clickstream'));
      const clicks = events(pages, ({ atMs, values: [productId] }) => ({
        occurredAtMs: atMs,
        productId: Number(productId),
      }));
      for await (const { data, ...window } of playWindows(job, clicks)) {
        const { views, distinctProducts, products } = mostViewedDataSchema.parse(data);
        const ranked = products.map((product) => ({
          productId: product.productId,
          count: product.views,
        }));
        yield { ...window, total: views, distinctProducts, products: ranked };
      }
    },
  },
  soldMost('top-bought', 'order items of a product: pieces', 'piece'),
  soldMost('top-earning', 'order items of a product: what they are worth', 'cent'),
];

function soldMost(name: string, about: string, unit: 'piece' | 'cent'): Ranking {
  const figure = unit === 'piece' ? 'quantity' : 'revenueCents';
  return {
    ...{ name, about },
    unit: () => unit,
    dataSet: dataSetOf('order_items'),
    columns: ['product_id', 'quantity', 'unit_price'],
    where: () => 'product_id IS NOT NULL',
    async *play(shape, pages) {
      const items = events(pages, ({ atMs, values: [productId, quantity, unitPrice] }) => ({
        orderedAtMs: atMs,
        productId: productId ?? '',
        quantity: Number(quantity),
        unitPriceCents: Math.round(Number(unitPrice) * 100),
      }));
      for await (const { data, ...window } of playWindows(soldJob(name, figure, shape), items)) {
        yield { ...window, ...rankedData.parse(data) };
      }
    },
  };
}

function soldJob(
  name: string,
  figure: 'quantity' | 'revenueCents',
  { windowMs, slideMs, top }: RankingShape,
) {
  return windowedJob([past<SoldItem>('shop-changes')], {
    name,
    generation: 1,
    eventTimeMs: (item) => item.orderedAtMs,
    key: (item) => item.productId,
    window: sliding(windowMs, slideMs),
    accumulators: sold(),
    watermarkDelayMs: 0,
    allowedLatenessMs: 0,
    maxFutureMs: 0,
    preliminaryEveryMs: undefined,
    type: name,
    result: (totals): z.input<typeof rankedData> => {
      let total = 0;
      for (const values of totals.values()) total += values[figure];
      const first = firstBy(
        totals,
        top,
        ([leftId, left], [rightId, right]) =>
          right[figure] - left[figure] || Number(leftId) - Number(rightId),
      );
      const products = first.map(([id, values]) => ({
        productId: Number(id),
        count: values[figure],
      }));
      return { total, distinctProducts: totals.size, products };
    },
  });
}

/** A stream whose records are handed over read. */
function past<Event>(stream: LakeDataSet['stream']): Source<Event> {
  return { stream, tickSettleMs: 0, decode: () => [] };
}

async function* events<Event>(
  pages: AsyncIterable<readonly LakeRow[]>,
  read: (row: LakeRow) => Event,
) {
  for await (const page of pages) yield page.map((row) => ({ id: row.id, event: read(row) }));
}

function dataSetOf(name: string): LakeDataSet {
  const found = lakeDataSets.find((dataSet) => dataSet.name === name);
  if (found) return found;
  throw new RangeError(`Cannot rank: the lake has no such data set: received ${name}`);
}
