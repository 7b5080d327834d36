import { z } from 'zod';
import { Refusal } from '../../shared/http/refusal.ts';

const shape = z.tuple([z.int().nonnegative()]);

/** A page's end as text that a client hands back unread. */
export function encodeCursor(lastId: number): string {
  return Buffer.from(JSON.stringify([lastId])).toString('base64url');
}

/** @throws Refusal 400 for anything `encodeCursor` did not write. */
export function decodeCursor(cursor: string): number {
  try {
    const [lastId] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return lastId;
  } catch {
    throw new Refusal(400, 'The request has wrong parameters', {
      errors: [{ field: 'cursor', reason: 'Must be the nextCursor of a page before' }],
    });
  }
}
