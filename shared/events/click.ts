import { z } from 'zod';

/** Raised when a field changes its meaning; a new optional field does not raise it. */
export const clickSchemaVersion = 1;

/** Kinds of clicks. */
export const clickTypes = ['view', 'browse', 'cart', 'remove', 'wishlist', 'purchase'] as const;

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
    .regex(/^\P{Cc}*$/u, 'Must not contain control characters');

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
    consent: z.enum(consentLevels),
  })
  .superRefine((click, context) => {
    const missing = click.type === 'browse' ? 'category' : 'productId';
    if (click[missing] !== undefined) return;
    const message = `Must be given with type "${click.type}"`;
    context.addIssue({ code: 'custom', path: [missing], message });
  });

export type ClickEvent = z.output<typeof clickEvent>;

/** A click as it travels in the stream: no person in it but a pseudonym. */
export const clickRecord = z.object({
  schemaVersion: z.literal(clickSchemaVersion),
  eventId: z.string(),
  type: z.enum(clickTypes),
  /** Epoch milliseconds. */
  occurredAtMs: z.int(),
  /** Keyed hash of the session, in hexadecimal. */
  session: z.string(),
  /** Keyed hash of the user, in hexadecimal; null for an unknown user or without consent. */
  user: z.string().nullable(),
  productId: z.int().nullable(),
  category: z.string().nullable(),
  consent: z.enum(['statistics', 'personal']),
});

export type ClickRecord = z.output<typeof clickRecord>;
