import { z } from 'zod';

export { rowId, rowInstant } from '../../../shared/sql/row-values.ts';

/** One line of text without control characters, which PostgreSQL or a log would stumble over. */
export function line(max: number) {
  return z
    .string()
    .trim()
    .min(1, 'Must not be empty')
    .max(max, `Must have at most ${max} characters`)
    .regex(/^\P{Cc}*$/u, 'Must not contain control characters');
}

export const email = z.email('Must be an e-mail address').max(254);

/** Of any length; how short a new one may be is for the sign-up to say. */
export const password = z.string().max(200, 'Must have at most 200 characters');

/** An id in a path or a query, where everything is text. */
export const idText = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'Must be an id: a whole number above 0')
  .transform(Number);

/** An id in a body or an answer. */
export const id = z.int('Must be an id: a whole number').min(1, 'Must be an id: above 0');

/** Whom a write is for. */
export const forCustomer = id.optional().meta({
  description: "A shopper's own by default, and no other; anyone else has to give it.",
});

export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'Must be a country code of two capital letters, as in ISO 3166')
  .meta({ examples: ['BR'] });

/** Money in answers: decimal text with two places, so that no reader rounds it. */
export const money = z.string().meta({ pattern: '^\\d+\\.\\d{2}$', examples: ['19.90'] });

export const instant = z.iso.datetime().meta({ examples: ['2026-05-04T12:00:00.000Z'] });
