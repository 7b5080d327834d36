import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import {
  customerBehaviorVector,
  saleFeaturesSchema,
  saleFeatureValues,
} from '../../../shared/events/sale-features.ts';
import type { FeatureEvent } from '../../../shared/features/feature.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { hourOf, seasonOf } from '../../../shared/sales/category-times.ts';
import { customerBehavior, saleFeatures } from '../../../shared/sales/sale-features.ts';
import { featureStates, saleKey, toldSale } from '../../../shared/sales/sale-state.ts';
import type { KnownSales } from './known-sales.ts';

const access = ['analyst', 'operator'] as const;

const rowId = z.string().regex(/^[1-9]\d{0,14}$/, 'Must be an id: a whole number above 0');
const pseudonym = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'Must be a pseudonym: 64 hexadecimal digits')
  .meta({ description: 'As order lines of the lake have it in customer_hash.' });
const priceCents = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,11})$/, 'Must be a price in cents: a whole number')
  .transform(Number)
  .optional()
  .meta({ description: 'A price to compare with those that were sold at.' });

const told = saleFeaturesSchema.extend({ customerBehaviorVector });
const current = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  atMs: z.int(),
  features: saleFeatureValues,
});
const currentOfCustomer = current.extend({ customerBehaviorVector });

/** Features of what is sold, as it was told at each sale and as it is known now. */
export function featureRoutes({ states, now }: KnownSales): readonly Endpoint[] {
  /** @throws Refusal where nothing is remembered of any of the entities. */
  async function known(
    id: string,
    entitiesAt: (atMs: number) => FeatureEvent['entities'],
    values: FeatureEvent['values'] = {},
  ) {
    const atMs = now();
    const entities = entitiesAt(atMs);
    const keys = Object.entries(entities).map(([kind, of]) => `${kind}|${of}`);
    const read = await states.read(keys);
    if (read.size === 0) throw nothingKnown;
    const features = saleFeatures.at({ atMs, entities, values }, featureStates(read));
    return { id, at: new Date(atMs).toISOString(), atMs, features };
  }

  const ofEntity = (
    kind: 'sellers' | 'categories' | 'products',
    summary: string,
    entitiesAt: (id: string, atMs: number) => FeatureEvent['entities'],
  ) =>
    endpoint({
      method: 'GET',
      path: `/features/${kind}/{id}`,
      tag: 'features',
      summary,
      access,
      request: z.object({
        params: z.object({ id: rowId }),
        query: z.strictObject({ priceCents }),
      }),
      answers: { 200: { description: 'The features, as of now.', schema: current } },
      problems,
      async handle({ params: { id }, query }) {
        const price = query.priceCents;
        const values = price === undefined ? {} : { unitPriceCents: price };
        return { status: 200, body: await known(id, (atMs) => entitiesAt(id, atMs), values) };
      },
    });

  return [
    endpoint({
      method: 'GET',
      path: '/features/sales/{id}',
      tag: 'features',
      summary: 'What was known of a line of an order when it was sold',
      access,
      conditional: true,
      request: z.object({ params: z.object({ id: rowId }) }),
      answers: { 200: { description: 'The sale with its features.', schema: told } },
      problems: { 404: 'No such line, or it has not been told yet.' },
      async handle({ params: { id } }) {
        const key = saleKey(id);
        const sale = toldSale((await states.read([key])).get(key));
        if (sale === undefined) throw nothingKnown;
        return { status: 200, body: withBehavior(sale) };
      },
    }),
    ofEntity('sellers', 'What a seller sells now', (seller) => ({ seller })),
    ofEntity('categories', 'How a category sells now', (category, atMs) => ({
      category,
      season: seasonOf(category, atMs),
      hour: hourOf(category, atMs),
    })),
    ofEntity('products', 'How a product sells now', (product) => ({ product })),
    endpoint({
      method: 'GET',
      path: '/features/customers/{id}',
      tag: 'features',
      summary: 'How a customer shops, known by a pseudonym',
      access,
      request: z.object({ params: z.object({ id: pseudonym }) }),
      answers: { 200: { description: 'The features, as of now.', schema: currentOfCustomer } },
      problems,
      async handle({ params: { id } }) {
        return { status: 200, body: withBehavior(await known(id, () => ({ customer: id }))) };
      },
    }),
  ];
}

const problems = { 404: 'Nothing is known of it: it has not sold or bought for half a year.' };

const nothingKnown = new Refusal(404, 'No features of this', {
  detail: 'They are there once its first sale has been read.',
});

function withBehavior<Known extends { readonly features: z.output<typeof saleFeatureValues> }>(
  of: Known,
) {
  const vector = customerBehavior.map((name) => of.features[name] ?? null);
  return { ...of, customerBehaviorVector: vector };
}
