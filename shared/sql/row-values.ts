import { z } from 'zod';

/** An instant as the database driver gives it, in ISO 8601. */
export const rowInstant = z.date().transform((date) => date.toISOString());

/** A bigint as the database driver gives it: text, of a number that a double holds. */
export const rowId = z.coerce.number().int();

/** An instant inside a JSON value, which arrives as text with an offset, in ISO 8601 with `Z`. */
export const jsonInstant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString());
