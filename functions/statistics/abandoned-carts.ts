import { shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { AbandonedCartData } from '../../shared/events/abandoned-cart.ts';
import { clicks } from '../../shared/events/click-source.ts';
import { count } from '../../shared/stream/accumulator.ts';
import { max } from '../../shared/stream/accumulators/extremes.ts';
import { latestBy } from '../../shared/stream/accumulators/latest-by.ts';
import { perItem } from '../../shared/stream/accumulators/per-item.ts';
import { sessionJob } from '../../shared/stream/job.ts';
import type { Source } from '../../shared/stream/source.ts';
import { session } from '../../shared/stream/window.ts';
import {
  clickerKindOf,
  pseudonymOf,
  stageOf,
  type VisitEvent,
  visitorOf,
  visitTimeMs,
  visitTimes,
} from './visits.ts';

/** As many as the data of the event may name. */
const productsMax = 100;

/**
 * Carts that were left: something is in the cart, nothing was ordered, and for a while nobody has
 * touched it. The clocks of shop fronts are not the shop's, so what came into the cart right before
 * an order and right after it is not told apart: an order in the stretch speaks for all of it.
 */
export function abandonedCartsJob(settings: Settings) {
  const sources: readonly Source<VisitEvent>[] = [
    clicks(['cart', 'remove']),
    shopFacts(['order'], settings.changeTickSettleMs),
  ];
  return sessionJob(sources, {
    name: 'abandoned-carts',
    generation: 1,
    ...visitTimes(settings),
    key: visitorOf,
    window: session(settings.cartAbandonedAfterMs),
    accumulators: {
      orders: count((event: VisitEvent) => stageOf(event) === 'checkout'),
      touchedAtMs: max((event: VisitEvent) => ('kind' in event ? undefined : event.occurredAtMs)),
      moves: perItem(productOf, latestBy(visitTimeMs, moveOf)),
    },
    type: 'abandoned-cart',
    resultsKeptMs: settings.sessionResultsKeptMs,
    result: ({ key, startMs }, { orders, touchedAtMs, moves }): AbandonedCartData | undefined => {
      const left = [...moves].flatMap(([productId, move]) => {
        if (move?.[0] !== 'cart') return [];
        const [, addedAtMs, category] = move;
        return { productId: Number(productId), category, addedAtMs };
      });
      if (orders > 0 || left.length === 0) return undefined;
      left.sort((a, b) => b.addedAtMs - a.addedAtMs || a.productId - b.productId);
      return {
        visitor: pseudonymOf(key),
        visitorKind: clickerKindOf(key),
        firstAtMs: left.at(-1)?.addedAtMs ?? startMs,
        lastAtMs: touchedAtMs ?? startMs,
        productsLeft: left.length,
        products: left.slice(0, productsMax),
      };
    },
  });
}

/** Of moves of one instant the one whose text is greater counts: the removal. */
function moveOf(event: VisitEvent): readonly ['cart' | 'remove', number, string | null] {
  const isPut = !('kind' in event) && event.type === 'cart';
  return [isPut ? 'cart' : 'remove', visitTimeMs(event), isPut ? event.category : null];
}

function productOf(event: VisitEvent): string | undefined {
  if ('kind' in event) return undefined;
  if (event.productId !== null) return String(event.productId);
  throw new RangeError(`Cannot tell ${event.type}: it must name its product: received null`);
}
