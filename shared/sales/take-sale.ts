import type { SaleFeaturesData } from '../events/sale-features.ts';
import type { FeatureEvent, FeatureVector } from '../features/feature.ts';
import { saleFeatures } from './sale-features.ts';
import { featureStates, rememberedSale, type SaleState, saleKey } from './sale-state.ts';

/** What an event leaves: the states that it changed, and of a sale what there is to tell. */
interface Taken {
  readonly states: ReadonlyMap<string, SaleState>;
  readonly sale: SaleFeaturesData | undefined;
}

/** The keys of the states that {@link takeSale} looks at and changes. */
export function saleKeys(event: FeatureEvent): readonly string[] {
  const keys = saleFeatures.keys(event);
  return saleFeatures.points.includes(event.source) ? [...keys, saleKey(event.id)] : keys;
}

/**
 * Takes an event into what is remembered of its entities, and of a sale says what is known of it.
 * Pure.
 *
 * @param states what is remembered of {@link saleKeys}; new ones are missing.
 */
export function takeSale(event: FeatureEvent, states: ReadonlyMap<string, SaleState>): Taken {
  const changed = new Map<string, SaleState>();
  const { states: kept, vector } = saleFeatures.take(event, featureStates(states));
  for (const [key, f] of kept) changed.set(key, { f });
  const sale = vector && saleOf(event, vector);
  if (sale) changed.set(saleKey(event.id), rememberedSale(sale));
  return { states: changed, sale };
}

function saleOf({ id, atMs, entities, values }: FeatureEvent, features: FeatureVector) {
  return {
    itemId: id,
    orderId: String(values['orderId']),
    productId: String(entities['product']),
    categoryId: entities['category'] ?? null,
    sellerId: entities['seller'] ?? null,
    customer: entities['customer'] ?? null,
    atMs,
    quantity: Number(values['quantity']),
    unitPriceCents: Number(values['unitPriceCents']),
    features,
  };
}
