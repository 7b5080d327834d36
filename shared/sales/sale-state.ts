import type { SaleFeaturesData } from '../events/sale-features.ts';
import type { EntityState } from '../features/feature.ts';
import { hash53 } from '../stream/state/identities.ts';
import { saleFeatures } from './sale-features.ts';

/** What was told of a sale: the features by their places, and whose names those are. */
type ToldSale = Omit<SaleFeaturesData, 'features'> & {
  readonly names: number;
  readonly features: readonly (number | null)[];
};

/** What the job remembers: of an entity what its features keep, of a sale what was told of it. */
export type SaleState = { readonly f: EntityState } | { readonly told: ToldSale };

type SaleStates = ReadonlyMap<string, SaleState>;

const names = saleFeatures.features.map(({ name }) => name);
const signature = hash53(names.join(' '));

/** The key of the sale of a line of an order. */
export function saleKey(itemId: string): string {
  return `sale|${itemId}`;
}

/** What was told of a sale, as it is remembered: names would take twice the room of their values. */
export function rememberedSale({ features, ...sale }: SaleFeaturesData): SaleState {
  const values = names.map((name) => features[name] ?? null);
  return { told: { ...sale, names: signature, features: values } };
}

/** What was told of a sale; undefined where nothing is remembered, or by other features. */
export function toldSale(state: SaleState | undefined): SaleFeaturesData | undefined {
  if (state === undefined || !('told' in state)) return undefined;
  const { names: kept, features, ...sale } = state.told;
  if (kept !== signature) return undefined;
  const values = names.map((name, place) => [name, features[place] ?? null]);
  return { ...sale, features: Object.fromEntries(values) };
}

/** What the features keep, of the states that they keep. */
export function featureStates(states: SaleStates): ReadonlyMap<string, EntityState> {
  const kept = new Map<string, EntityState>();
  for (const [key, state] of states) if ('f' in state) kept.set(key, state.f);
  return kept;
}
