import { z } from 'zod';
import {
  orderAdjustmentRecord,
  orderItemRecord,
  orderRecord,
  orderReviewRecord,
  paymentRecord,
} from '../changes/fact-records.ts';
import { abandonedCartDataSchema } from './abandoned-cart.ts';
import { alertDataSchema } from './alert.ts';
import { clickEvent, clickRecord, clickTypes, subjectOf } from './click.ts';
import { fraudCaseSchema } from './fraud-case.ts';
import { funnelDataSchema } from './funnel.ts';
import { insightSchema } from './insight.ts';
import { liveDocument } from './live.ts';
import { liveSchemaVersion } from './live-schema-version.ts';
import { mostViewedDataSchema } from './most-viewed.ts';
import { productInterestDataSchema } from './product-interest.ts';
import { revenueDataSchema } from './revenue.ts';
import { saleFeaturesSchema } from './sale-features.ts';
import { salesPulseDataSchema } from './sales-pulse.ts';
import { sessionDataSchema } from './session.ts';
import { topProductsDataSchema } from './top-products.ts';

/** A JSON Schema of draft 2020-12, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An event that others may read or write, in the version that is written now. */
export interface EventSchema {
  readonly name: string;
  readonly version: number;
  /** What the event is, in a sentence. */
  readonly title: string;
  /** Where it is found. */
  readonly place: string;
  readonly schema: z.ZodType;
  /** What the schema checks with code, as JSON Schema says it. */
  readonly also?: JsonSchema;
}

/**
 * Every event with a published schema. A version is raised for what its rules forbid, see
 * docs/reference/events.md; the file of the version before stays.
 */
export const eventSchemas: readonly EventSchema[] = [
  {
    name: 'click-event',
    version: 1,
    title: 'A click as a shop front sends it',
    place: '`POST /events`',
    schema: clickEvent,
    also: {
      oneOf: [...new Set(clickTypes.map(subjectOf))].map((subject) => ({
        type: 'object',
        properties: {
          type: { enum: clickTypes.filter((type) => subjectOf(type) === subject) },
          [subject]: {},
        },
        required: [subject],
      })),
    },
  },
  {
    name: 'click-record',
    version: 1,
    title: 'A click without the person',
    place: 'stream `clickstream`',
    schema: clickRecord,
  },
  {
    name: 'order-record',
    version: 1,
    title: 'An order placed, as the change stream carries it',
    place: 'stream `shop-changes`',
    schema: orderRecord,
  },
  {
    name: 'order-item-record',
    version: 1,
    title: 'A line of an order, as the change stream carries it',
    place: 'stream `shop-changes`',
    schema: orderItemRecord,
  },
  {
    name: 'payment-record',
    version: 1,
    title: 'An attempt to pay an order, as the change stream carries it',
    place: 'stream `shop-changes`',
    schema: paymentRecord,
  },
  {
    name: 'order-review-record',
    version: 1,
    title: 'What an order turned out to be, as the change stream carries it',
    place: 'stream `shop-changes`',
    schema: orderReviewRecord,
  },
  {
    name: 'order-adjustment-record',
    version: 1,
    title: 'A refund, cancellation or expiry, as the change stream carries it',
    place: 'stream `shop-changes`',
    schema: orderAdjustmentRecord,
  },
  {
    name: 'insight',
    version: 1,
    title: 'What a job has to say: the envelope',
    place: 'stream `insights`',
    schema: insightSchema,
  },
  {
    name: 'revenue',
    version: 1,
    title: 'Revenue of one window',
    place: '`data` of an insight of type `revenue`',
    schema: revenueDataSchema,
  },
  {
    name: 'most-viewed',
    version: 1,
    title: 'The products viewed most in one window',
    place: '`data` of an insight of type `most-viewed`',
    schema: mostViewedDataSchema,
  },
  {
    name: 'top-products',
    version: 1,
    title: 'The products and categories that sold best in one window, and those that rise',
    place: '`data` of an insight of type `top-products`',
    schema: topProductsDataSchema,
  },
  {
    name: 'sales-pulse',
    version: 1,
    title: 'Sales of one window beside the one before, and whether they leap',
    place: '`data` of an insight of type `sales-pulse`',
    schema: salesPulseDataSchema,
  },
  {
    name: 'product-interest',
    version: 1,
    title: 'What was looked at and what was bought in one window',
    place: '`data` of an insight of type `product-interest`',
    schema: productInterestDataSchema,
  },
  {
    name: 'session',
    version: 1,
    title: 'What a visitor did between two silences',
    place: '`data` of an insight of type `session`',
    schema: sessionDataSchema,
  },
  {
    name: 'abandoned-cart',
    version: 1,
    title: 'A cart that was left with products in it',
    place: '`data` of an insight of type `abandoned-cart`',
    schema: abandonedCartDataSchema,
  },
  {
    name: 'funnel',
    version: 1,
    title: 'How far the sessions of one window had come',
    place: '`data` of an insight of type `funnel`',
    schema: funnelDataSchema,
  },
  {
    name: 'alert',
    version: 2,
    title: 'What a person should look at',
    place: '`data` of an insight of type `alert`',
    schema: alertDataSchema,
  },
  {
    name: 'fraud-case',
    version: 1,
    title: 'What is known about an order that was judged',
    place: '`data` of an insight of type `fraud-case`',
    schema: fraudCaseSchema,
  },
  {
    name: 'sale-features',
    version: 1,
    title: 'What was known of a line of an order when it was sold',
    place: '`data` of an insight of type `sale-features`',
    schema: saleFeaturesSchema,
  },
  {
    name: 'live',
    version: liveSchemaVersion,
    title: 'All that the live page shows',
    place: '`GET /live`',
    schema: liveDocument,
  },
];

/** The published form of an event: the document that a reader of this version accepts. */
export function publishedSchema({ name, version, title, schema, also }: EventSchema): JsonSchema {
  const { $schema, ...rules } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Every whole number has these bounds, and every instant this pattern: they tell nothing.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  // Not every validator knows classes of characters by name.
  const portable = JSON.parse(JSON.stringify({ ...rules, ...also }), (word, value) =>
    word === 'pattern' && typeof value === 'string'
      ? value.replaceAll('\\P{Cc}', '[^\\u0000-\\u001f\\u007f-\\u009f]')
      : value,
  );
  return { $schema, $id: `${name}.v${version}`, title, ...portable };
}
