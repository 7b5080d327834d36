import { z } from 'zod';
import { AwsError } from '../service.ts';

/** Packs values into the opaque text that a client hands back: iterators, tokens of next pages. */
export function packToken(values: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64');
}

/** Undefined for a text that did not come from {@link packToken} with such values. */
export function unpackToken<T>(schema: z.ZodType<T>, token: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(token, 'base64').toString())).data;
  } catch {
    return undefined;
  }
}

const nameToken = z.tuple([z.string()]);

/**
 * The name that the page before ended with; empty for the first page.
 *
 * @throws AwsError InvalidArgumentException for a token that was not given out.
 */
export function nameInToken(token: string | undefined): string {
  if (token === undefined) return '';
  const values = unpackToken(nameToken, token);
  if (values === undefined) throw new AwsError('InvalidArgumentException', 'Invalid NextToken.');
  return values[0];
}
