import type { Settings } from '../../shared/config/settings.ts';
import type { SessionData } from '../../shared/events/session.ts';
import { type VisitStage, visitStages } from '../../shared/events/visit.ts';
import { count, sum } from '../../shared/stream/accumulator.ts';
import { distinct } from '../../shared/stream/accumulators/distinct.ts';
import { max, min } from '../../shared/stream/accumulators/extremes.ts';
import { sessionJob } from '../../shared/stream/job.ts';
import { session } from '../../shared/stream/window.ts';
import {
  isPaid,
  pseudonymOf,
  stageOf,
  type VisitEvent,
  visitorKindOf,
  visitorOf,
  visitSources,
  visitTimeMs,
  visitTimes,
} from './visits.ts';

/** What each visitor did between two silences, from the first view to the payment. */
export function sessionsJob(settings: Settings) {
  return sessionJob(visitSources(settings), {
    name: 'sessions',
    generation: 1,
    ...visitTimes(settings),
    key: visitorOf,
    window: session(settings.sessionGapMs),
    accumulators: {
      events: count(),
      clicks: count((event: VisitEvent) => !('kind' in event)),
      lastAtMs: max(visitTimeMs),
      views: count((event: VisitEvent) => isClick(event, 'view')),
      viewed: distinct((event: VisitEvent) => productOf(event, 'view')),
      carts: count((event: VisitEvent) => isClick(event, 'cart')),
      carted: distinct((event: VisitEvent) => productOf(event, 'cart')),
      view: min(firstOf('view')),
      cart: min(firstOf('cart')),
      checkout: min(firstOf('checkout')),
      paid: min(firstOf('paid')),
      orders: count((event: VisitEvent) => stageOf(event) === 'checkout'),
      orderedCents: sum((event: VisitEvent) =>
        'kind' in event && event.kind === 'order' ? event.totalCents : 0,
      ),
      paidCents: sum((event: VisitEvent) =>
        'kind' in event && event.kind === 'payment' && isPaid(event) ? event.amountCents : 0,
      ),
    },
    type: 'session',
    resultsKeptMs: settings.sessionResultsKeptMs,
    result: ({ key, startMs }, values): SessionData => ({
      visitor: pseudonymOf(key),
      visitorKind: visitorKindOf(key, values.clicks > 0),
      firstAtMs: startMs,
      lastAtMs: values.lastAtMs ?? startMs,
      events: values.events,
      clicks: values.clicks,
      viewed: { clicks: values.views, ...productsOf(values.viewed) },
      carted: { clicks: values.carts, ...productsOf(values.carted) },
      reached: visitStages.findLast((stage) => values[stage] !== null) ?? null,
      firstViewAtMs: values.view,
      firstCartAtMs: values.cart,
      firstCheckoutAtMs: values.checkout,
      firstPaidAtMs: values.paid,
      orders: values.orders,
      orderedCents: values.orderedCents,
      paidCents: values.paidCents,
    }),
  });
}

function isClick(event: VisitEvent, type: 'view' | 'cart'): boolean {
  return !('kind' in event) && event.type === type;
}

function productOf(event: VisitEvent, type: 'view' | 'cart'): string | undefined {
  if ('kind' in event || event.type !== type || event.productId === null) return undefined;
  return String(event.productId);
}

function firstOf(stage: VisitStage): (event: VisitEvent) => number | undefined {
  return (event) => (stageOf(event) === stage ? visitTimeMs(event) : undefined);
}

function productsOf({ estimate, exact }: { readonly estimate: number; readonly exact: boolean }) {
  return { products: estimate, exact };
}
