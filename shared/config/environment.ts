import type { z } from 'zod';
import { withoutEmpty } from './without-empty.ts';

/**
 * Reads a function's configuration from its environment, once, at cold start.
 *
 * @param schema one zod field per variable; coerce and default there.
 * @throws Error that names every variable that is missing or malformed, never its value.
 */
export function environment<Schema extends z.ZodType>(
  schema: Schema,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> {
  const parsed = schema.safeParse(withoutEmpty(source));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Cannot start function: environment variables are wrong: ${faults.join('; ')}`);
}
