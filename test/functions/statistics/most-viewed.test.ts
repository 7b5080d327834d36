import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostViewedJob } from '../../../functions/statistics/most-viewed.ts';
import { settings } from '../../../shared/config/settings.ts';
import { mostViewedDataSchema } from '../../../shared/events/most-viewed.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import { finalResults } from '../../fixtures/final-results.ts';

const minuteMs = 60_000;
const noonMs = Date.UTC(2026, 2, 1, 12);
const job = mostViewedJob(
  settings({
    MOST_VIEWED_WINDOW_MS: '180000',
    MOST_VIEWED_SLIDE_MS: '60000',
    MOST_VIEWED_PRODUCTS: '3',
  }),
);

/** What the job says of each window once time has passed them all, by its end after noon. */
async function mostViewedOf(texts: readonly string[]) {
  const { results, quarantinedRecords } = await finalResults(job, texts, clickTickText, noonMs);
  const windows = results.map(({ endMs, final, data }) => {
    expect(final).toBe(true);
    return [(endMs - noonMs) / minuteMs, mostViewedDataSchema.parse(data)] as const;
  });
  return { windows: new Map(windows), quarantinedRecords };
}

const views = (productId: number, times: number, atMs = noonMs) =>
  Array.from({ length: times }, (_, index) =>
    viewText(`${productId}-${atMs}-${index}`, atMs, { productId }),
  );

describe('mostViewedJob()', () => {
  it('ranks by views, of equal ones the lower product id first, and tells the first few', async () => {
    const texts = [10, 9, 2, 7].flatMap((productId) => views(productId, productId === 2 ? 5 : 3));
    const { windows } = await mostViewedOf(texts);
    expect(windows.get(1)).toEqual({
      views: 14,
      distinctProducts: 4,
      products: [
        { productId: 2, views: 5 },
        { productId: 7, views: 3 },
        { productId: 9, views: 3 },
      ],
    });
  });

  it('counts a view in every window that it lies in, and in no other', async () => {
    const { windows } = await mostViewedOf([
      ...views(1, 2, noonMs),
      ...views(1, 1, noonMs + minuteMs - 1),
      ...views(1, 4, noonMs + 2 * minuteMs),
    ]);
    const counted = [...windows].map(([endMinute, data]) => [endMinute, data.views]);
    expect(counted).toEqual([
      [1, 3],
      [2, 3],
      [3, 7],
      [4, 4],
      [5, 4],
    ]);
  });

  it('counts a view once, and no other click', async () => {
    const view = viewText('one', noonMs, { productId: 8 });
    const others = (['cart', 'remove', 'wishlist', 'purchase'] as const).map((type) =>
      viewText(type, noonMs, { type }),
    );
    const { windows } = await mostViewedOf([view, ...others, view]);
    expect(windows.get(1)).toMatchObject({ views: 1, products: [{ productId: 8, views: 1 }] });
  });

  it('sets a view without a product aside', async () => {
    const { windows, quarantinedRecords } = await mostViewedOf([
      viewText('none', noonMs, { productId: null }),
      viewText('one', noonMs),
    ]);
    expect(quarantinedRecords).toBe(1);
    expect(windows.get(1)?.views).toBe(1);
  });

  it('says what counting the views says, in any order', async () => {
    const productIds = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(productIds, async (viewed) => {
        const texts = viewed.map((productId, index) =>
          viewText(String(index), noonMs, { productId }),
        );
        const counts = new Map<number, number>();
        for (const id of viewed) counts.set(id, (counts.get(id) ?? 0) + 1);
        const { windows } = await mostViewedOf(texts.toReversed());
        const data = windows.get(1);
        expect(data).toMatchObject({ views: viewed.length, distinctProducts: counts.size });
        const least = data?.products.at(-1)?.views ?? 0;
        for (const { productId, views } of data?.products ?? []) {
          expect(views).toBe(counts.get(productId));
          counts.delete(productId);
        }
        expect([...counts.values()].every((left) => left <= least)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
