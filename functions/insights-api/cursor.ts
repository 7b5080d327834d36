import { z } from 'zod';

/** Where a page of windows ended. Later pages stay in the generation of the first. */
export interface Cursor {
  readonly generation: number;
  readonly startMs: number;
}

const shape = z.tuple([z.int().positive(), z.int().nonnegative()]);

export function encodeCursor({ generation, startMs }: Cursor): string {
  return Buffer.from(JSON.stringify([generation, startMs])).toString('base64url');
}

/** Undefined for anything `encodeCursor` did not write. */
export function decodeCursor(text: string): Cursor | undefined {
  try {
    const [generation, startMs] = shape.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    return { generation, startMs };
  } catch {
    return undefined;
  }
}
