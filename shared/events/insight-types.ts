import { z } from 'zod';
import { abandonedCartDataSchema } from './abandoned-cart.ts';
import { alertDataSchema } from './alert.ts';
import { fraudCaseSchema } from './fraud-case.ts';
import { funnelDataSchema } from './funnel.ts';
import { insightSchema } from './insight.ts';
import { mostViewedDataSchema } from './most-viewed.ts';
import { productInterestDataSchema } from './product-interest.ts';
import { revenueDataSchema } from './revenue.ts';
import { saleFeaturesSchema } from './sale-features.ts';
import { salesPulseDataSchema } from './sales-pulse.ts';
import { sessionDataSchema } from './session.ts';
import { topProductsDataSchema } from './top-products.ts';

/** A kind of insight that jobs tell. */
interface InsightType {
  readonly type: string;
  readonly data: z.ZodType;
  /** Field of the data with the event time, in epoch milliseconds, of what has no window. */
  readonly atField?: string;
}

/** Every kind of insight that jobs tell: the lake keeps no other. */
export const insightTypes: readonly InsightType[] = [
  { type: 'revenue', data: revenueDataSchema },
  { type: 'top-products', data: topProductsDataSchema },
  { type: 'most-viewed', data: mostViewedDataSchema },
  { type: 'sales-pulse', data: salesPulseDataSchema },
  { type: 'product-interest', data: productInterestDataSchema },
  { type: 'funnel', data: funnelDataSchema },
  { type: 'session', data: sessionDataSchema },
  { type: 'abandoned-cart', data: abandonedCartDataSchema },
  { type: 'sale-features', data: saleFeaturesSchema, atField: 'atMs' },
  { type: 'alert', data: alertDataSchema, atField: 'atMs' },
  { type: 'fraud-case', data: fraudCaseSchema, atField: 'orderedAtMs' },
];

const byType = new Map(insightTypes.map((one) => [one.type, one]));

/** An insight as it was told, and the event time of what it is about. */
export interface ToldInsight extends z.output<typeof insightSchema> {
  readonly occurredAtMs: number;
}

/**
 * Reads an insight of any kind, its data by the schema of its type. What it says is given back as it
 * came, also what the schema does not know.
 *
 * @throws RangeError that names what is wrong.
 */
export function parseInsight(json: unknown): ToldInsight {
  const envelope = insightSchema.safeParse(json);
  if (!envelope.success) throw wrong('an insight', envelope.error);
  const { id, type, window, data } = envelope.data;
  const declared = byType.get(type);
  if (!declared) {
    throw new RangeError(`Cannot read insight ${id}: its type is not declared: received "${type}"`);
  }
  // Null takes back what an earlier revision said.
  const parsed = declared.data.nullable().safeParse(data);
  if (!parsed.success) throw wrong(`the data of ${type} ${id}`, parsed.error);
  const occurredAtMs = occurredAt({ type, window, data });
  if (occurredAtMs === undefined) {
    throw new RangeError(
      `Cannot read insight ${id}: it has neither a window nor a time of its own`,
    );
  }
  return { ...envelope.data, occurredAtMs };
}

/** Event time, in epoch milliseconds, of what an insight is about; undefined: it tells none. */
export function occurredAt({
  type,
  window,
  data,
}: Pick<z.output<typeof insightSchema>, 'type' | 'window' | 'data'>): number | undefined {
  const field = byType.get(type)?.atField ?? '';
  const at = z.object({ [field]: z.int() }).safeParse(data);
  return window?.startMs ?? at.data?.[field];
}

function wrong(what: string, { issues }: z.ZodError): RangeError {
  const faults = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return new RangeError(`Cannot read ${what}: ${faults.join('; ')}`);
}
