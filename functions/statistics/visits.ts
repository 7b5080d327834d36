import { type ShopFacts, shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { ClickRecord } from '../../shared/events/click.ts';
import { clicks } from '../../shared/events/click-source.ts';
import type { VisitorKind, VisitStage } from '../../shared/events/visit.ts';
import type { Source } from '../../shared/stream/source.ts';

/** What a visit is made of. */
export type VisitEvent = ClickRecord | ShopFacts['order'] | ShopFacts['payment'];

/** Clicks, orders and payments: whoever gave consent has one name in all of them. */
export function visitSources(settings: Settings): readonly Source<VisitEvent>[] {
  return [clicks(), shopFacts(['order', 'payment'], settings.changeTickSettleMs)];
}

/** When and with what bounds events of both streams come. */
export function visitTimes(settings: Settings) {
  return {
    eventTimeMs: visitTimeMs,
    watermarkDelayMs: Math.max(settings.clickWatermarkDelayMs, settings.orderWatermarkDelayMs),
    allowedLatenessMs: Math.max(settings.clickAllowedLatenessMs, settings.orderAllowedLatenessMs),
    maxFutureMs: settings.maxFutureMs,
  };
}

export function visitTimeMs(event: VisitEvent): number {
  if (!('kind' in event)) return event.occurredAtMs;
  return event.kind === 'order' ? event.orderedAtMs : event.attemptedAtMs;
}

const ofUser = 'user:';
const ofSession = 'session:';
const ofCustomer = 'customer:';

/**
 * Who it is: the user, or the session where a click names no user. An order of before customers had
 * a pseudonym is of its customer, and linked to no click.
 */
export function visitorOf(event: VisitEvent): string {
  if ('kind' in event) {
    const { customerHash, customerId } = event;
    return customerHash === null ? ofCustomer + customerId : ofUser + customerHash;
  }
  return event.user === null ? ofSession + event.session : ofUser + event.user;
}

/** The pseudonym alone. */
export function pseudonymOf(visitor: string): string {
  return visitor.slice(visitor.indexOf(':') + 1);
}

/** @param hasClicks whether there is a click in the visit. */
export function visitorKindOf(visitor: string, hasClicks: boolean): VisitorKind {
  return hasClicks ? clickerKindOf(visitor) : 'order';
}

/** The same of a visit that has a click. */
export function clickerKindOf(visitor: string): Exclude<VisitorKind, 'order'> {
  return visitor.startsWith(ofSession) ? 'session' : 'user';
}

/** The stage that an event is; undefined: none. An order worth nothing is the record of a cancellation. */
export function stageOf(event: VisitEvent): VisitStage | undefined {
  if ('kind' in event) {
    if (event.kind === 'order') return event.totalCents > 0 ? 'checkout' : undefined;
    return isPaid(event) ? 'paid' : undefined;
  }
  return event.type === 'view' || event.type === 'cart' ? event.type : undefined;
}

/** What was given back later was paid all the same. */
export function isPaid({ status }: ShopFacts['payment']): boolean {
  return status === 'approved' || status === 'refunded';
}
