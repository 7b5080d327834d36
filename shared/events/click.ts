import { z } from 'zod';

/** Raised when a field changes its meaning; a new optional field does not raise it. */
export const clickSchemaVersion = 1;

/** Kinds of clicks. A `view` is of a product, a `browse` of a category, a `page` of any page. */
export const clickTypes = [
  'view',
  'browse',
  'cart',
  'remove',
  'wishlist',
  'purchase',
  'page',
] as const;

/**
 * What a person allowed: `none`, nothing is kept; `statistics`, the event is kept without the person;
 * `personal`, with a pseudonym of the person.
 */
const consentLevels = ['none', 'statistics', 'personal'] as const;

const name = (max: number) =>
  z
    .string()
    .min(1, 'Must not be empty')
    .max(max, `Must have at most ${max} characters`)
    .regex(/^\P{Cc}*$/u, 'Must not contain control characters')
    .refine((text) => text.isWellFormed(), 'Must not contain half a character');

/** A click as a shop front sends it. */
export const clickEvent = z
  .strictObject({
    schemaVersion: z.literal(clickSchemaVersion),
    /** Made by the sender, new for each event, the same when it is sent again. */
    eventId: name(64),
    type: z.enum(clickTypes),
    occurredAt: z.iso.datetime({
      offset: true,
      error: 'Must be an instant as in ISO 8601, with Z or an offset',
    }),
    sessionId: name(64),
    userId: name(64).optional(),
    productId: z.int('Must be a whole number').min(1, 'Must be above 0').optional(),
    category: name(100).optional(),
    /** Path of the page, without the query, which may tell of the person. */
    page: name(200)
      .regex(/^[^?#]*$/, 'Must be a path, without a query')
      .optional(),
    consent: z.enum(consentLevels),
    /** History told later, with its own time; only an operator may say so. */
    backfill: z.boolean().optional(),
  })
  .superRefine((click, context) => {
    const missing = subjectOf(click.type);
    if (click[missing] !== undefined) return;
    const message = `Must be given with type "${click.type}"`;
    context.addIssue({ code: 'custom', path: [missing], message });
  });

/** The field that says what was clicked: a click of this type must have it. */
export function subjectOf(type: (typeof clickTypes)[number]) {
  switch (type) {
    case 'browse':
      return 'category';
    case 'page':
      return 'page';
    default:
      return 'productId';
  }
}

/** Most events of one request. */
export const clickBatchMax = 500;

/** A batch whose events are looked at one by one. */
export const clickBatch = z.strictObject({
  events: z
    .array(z.unknown(), 'Must be a list of events')
    .min(1, 'Must not be empty')
    .max(clickBatchMax, `Must have at most ${clickBatchMax} events`),
});

export type ClickEvent = z.output<typeof clickEvent>;

/** Longer than what the intake lets in: names become keys. */
export const recordedNameLengthMax = 128;
export const recordedPageLengthMax = 256;

const recordedName = z.string().max(recordedNameLengthMax);

/** A click as it travels in the stream: no person in it but a pseudonym. */
export const clickRecord = z.object({
  schemaVersion: z.literal(clickSchemaVersion),
  eventId: recordedName,
  type: z.enum(clickTypes),
  /** Epoch milliseconds. */
  occurredAtMs: z.int(),
  /** Keyed hash of the session, in hexadecimal. */
  session: recordedName,
  /** Keyed hash of the user, in hexadecimal; null for an unknown user or without consent. */
  user: recordedName.nullable(),
  productId: z.int().nullable(),
  category: recordedName.nullable(),
  /** Only of a click of type `page`. */
  page: z.string().max(recordedPageLengthMax).optional(),
  consent: z.enum(['statistics', 'personal']),
  /** Told later than it happened: part of the history, no news for a job. */
  isBackfill: z.literal(true).optional(),
});

export type ClickRecord = z.output<typeof clickRecord>;
