import { z } from 'zod';
import { Refusal } from '../../shared/http/refusal.ts';

/** The row a page ended with. */
export interface Cursor {
  /** Of the list, its sort and its filters. */
  readonly fingerprint: string;
  /** What the row was sorted by, as text. */
  readonly sortValue: string;
  readonly id: number;
}

/** How a sorted value travels as text without loss, and which text may come back. */
export const cursorValues = {
  number: {
    cast: 'numeric',
    text: (expression: string) => `(${expression})::text`,
    schema: z.string().regex(/^-?\d{1,10}(?:\.\d{1,4})?$/),
  },
  // PostgreSQL's text has no character 0.
  text: {
    cast: 'text',
    text: (expression: string) => `${expression}::text`,
    schema: z.string().refine((value) => !value.includes('\0')),
  },
  instant: {
    cast: 'timestamptz',
    text: (expression: string) =>
      `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    schema: z.iso.datetime({ precision: 6 }).refine((value) => !value.startsWith('0000')),
  },
} as const;

export type CursorValue = keyof typeof cursorValues;

const shape = z.tuple([z.string(), z.string(), z.int().nonnegative()]);

/** A page's end as text that a client hands back unread. */
export function encodeCursor({ fingerprint, sortValue, id }: Cursor): string {
  return Buffer.from(JSON.stringify([fingerprint, sortValue, id])).toString('base64url');
}

/**
 * @param type of the sorted value; none where rows are sorted by their ids.
 * @throws Refusal 400 for anything `encodeCursor` did not write for this list, sort and filters.
 */
export function decodeCursor(
  cursor: string,
  expected: string,
  type: CursorValue | undefined,
): Cursor {
  const [fingerprint, sortValue, id] = parse(cursor);
  if (fingerprint !== expected) {
    throw refused('Belongs to a page of another list, sort or filter');
  }
  if (type !== undefined && !cursorValues[type].schema.safeParse(sortValue).success) {
    throw refused('Must be the nextCursor of a page before');
  }
  return { fingerprint, sortValue, id };
}

function parse(cursor: string): z.output<typeof shape> {
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw refused('Must be the nextCursor of a page before');
  }
}

function refused(reason: string): Refusal {
  return new Refusal(400, 'The request has wrong parameters', {
    errors: [{ field: 'cursor', reason }],
  });
}
