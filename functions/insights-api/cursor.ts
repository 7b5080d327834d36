import { z } from 'zod';

/** Where a page of windows ended. Later pages stay in the generation of the first. */
export interface Cursor {
  readonly generation: number;
  readonly startMs: number;
  /** Of sessions, which may begin at one time. */
  readonly visitor?: string;
}

const place = [z.int().positive(), z.int().nonnegative()] as const;
const shape = z.union([z.tuple([...place]), z.tuple([...place, z.string()])]);

export function encodeCursor({ generation, startMs, visitor }: Cursor): string {
  const cursor = visitor === undefined ? [generation, startMs] : [generation, startMs, visitor];
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Undefined for anything `encodeCursor` did not write. */
export function decodeCursor(text: string): Cursor | undefined {
  try {
    const [generation, startMs, visitor] = shape.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    return { generation, startMs, ...(visitor !== undefined && { visitor }) };
  } catch {
    return undefined;
  }
}
