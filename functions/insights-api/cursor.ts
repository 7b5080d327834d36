import { z } from 'zod';
import { Refusal } from '../../shared/http/refusal.ts';

/** Where a page ended. Later pages stay in the generation of the first. */
export interface Cursor {
  /** Whose results it leads through. */
  readonly job: string;
  readonly generation: number;
  readonly startMs: number;
  /** Of sessions, which may begin at one time. */
  readonly visitor?: string;
}

const place = [z.string(), z.int().positive(), z.int().nonnegative()] as const;
const shape = z.union([z.tuple([...place]), z.tuple([...place, z.string()])]);

export function encodeCursor({ job, generation, startMs, visitor }: Cursor): string {
  const cursor = [job, generation, startMs, ...(visitor === undefined ? [] : [visitor])];
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Undefined for anything `encodeCursor` did not write. */
export function decodeCursor(text: string): Cursor | undefined {
  try {
    const [job, generation, startMs, visitor] = shape.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    return { job, generation, startMs, ...(visitor !== undefined && { visitor }) };
  } catch {
    return undefined;
  }
}

/**
 * The generation that pages of a job go on in, where a cursor says.
 *
 * @throws Refusal for a cursor that the results of another job gave out.
 */
export function generationOf(cursor: Cursor | undefined, job: string): number | undefined {
  if (cursor === undefined || cursor.job === job) return cursor?.generation;
  throw new Refusal(400, 'The request has wrong parameters', {
    errors: [{ field: 'cursor', reason: 'Must be the nextCursor of an earlier page of this list' }],
  });
}
