import type { z } from 'zod';
import { parseInput } from './input.ts';

/** A request that was read: what it works on, and the work. */
export interface PreparedOperation {
  /** The ARN that a role must be allowed to use. */
  readonly resource: string;
  /** What the answer holds; undefined for an answer without a body. */
  perform(): object | undefined;
}

/** @throws AwsError when the request is not what the API takes. */
export type Operation = (body: Buffer) => PreparedOperation;

export function operation<T>(
  schema: z.ZodType<T>,
  resourceOf: (input: T) => string,
  perform: (input: T) => object | undefined,
): Operation {
  return (body) => {
    const input = parseInput(schema, body);
    return { resource: resourceOf(input), perform: () => perform(input) };
  };
}
