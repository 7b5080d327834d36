import type { FraudCase } from '../events/fraud-case.ts';
import type { EntityState, FeatureEvent } from '../features/feature.ts';
import type { Decision } from './decision.ts';

/** The case of an order as it was last told. What was judged is told along with it and not kept. */
export type RememberedCase = Omit<FraudCase, 'features' | 'committedAtMs'> & {
  /** Of what was told: each higher than any before it, also where the order was forgotten meanwhile. */
  readonly revision: number;
  /** The last order or payment that was judged, and what the model made of it. */
  readonly judged: { readonly atMs: number; readonly byModel: Decision | null } | null;
};

/** What is remembered of one entity. Of orders alone there are a case and a count. */
export type FraudState = {
  /** What the features keep. */
  readonly f?: EntityState;
  /** When each rule last alerted about the entity, epoch milliseconds. */
  readonly a?: Readonly<Record<string, number>>;
  readonly c?: RememberedCase;
  /** How many events of the order were taken, by source. */
  readonly n?: Readonly<Record<string, number>>;
};

export type FraudStates = ReadonlyMap<string, FraudState>;

/** The key under which an entity is remembered. */
export function entityKey(kind: string, id: string): string {
  return `${kind}|${id}`;
}

/** The key of the order an event belongs to; undefined for one that belongs to none. */
export function orderKey({ entities }: FeatureEvent): string | undefined {
  const orderId = entities['order'];
  return orderId === undefined ? undefined : entityKey('order', orderId);
}

/** How many events of an order these states have taken, by source; a source without any is absent. */
export function takenOf(states: FraudStates, orderId: string): Readonly<Record<string, number>> {
  return states.get(entityKey('order', orderId))?.n ?? {};
}
