import { liveSections } from '../../shared/events/live.ts';
import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import { textOf } from '../../shared/stream/state/control.ts';
import { type Run, resultKey, resultPartition } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

const shownMax = 10;
const productsMax = 3;
/** Carts are found by when they were begun; one that was filled for longer is not looked for. */
const filledWithinMs = 1_800_000;

/** Shows the carts on the live page that were abandoned last. */
export function liveAbandonedCarts(abandonedAfterMs: number, store: StateStore) {
  const schema = liveSections['abandoned-carts'].shape.carts.element;
  return async (job: Run, nowMs: number): Promise<void> => {
    const items = await store.query(resultPartition(job), {
      from: resultKey(job, nowMs - abandonedAfterMs - filledWithinMs).sk,
      to: resultKey(job, nowMs).sk,
    });
    const carts = items
      .map((item) => schema.parse(JSON.parse(textOf(item, 'data'))))
      .sort((a, b) => b.lastAtMs - a.lastAtMs)
      .slice(0, shownMax)
      .map((cart) => ({ ...cart, products: cart.products.slice(0, productsMax) }));
    await writeLiveSection(store, 'abandoned-carts', { carts }, nowMs);
  };
}
