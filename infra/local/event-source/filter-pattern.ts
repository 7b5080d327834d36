import { z } from 'zod';

/** Decides on a value; undefined stands for a field that is not there. */
export type Matcher = (value: unknown) => boolean;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const oneOrMany = z.union([scalar, z.array(scalar)]).transform((value) => [value].flat());
const affix = z.union([z.string(), z.object({ 'equals-ignore-case': z.string() }).strict()]);
const comparison = z.enum(['=', '<', '<=', '>', '>=']);

/** The comparison operators of https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
const operator = z.union([
  scalar.transform((expected) => leaf((value) => value === expected)),
  z
    .object({ exists: z.boolean() })
    .strict()
    .transform(
      ({ exists }): Matcher =>
        (value) =>
          isLeaf(value) === exists,
    ),
  z
    .object({ prefix: affix })
    .strict()
    .transform(({ prefix }) => text(prefix, (value, start) => value.startsWith(start))),
  z
    .object({ suffix: affix })
    .strict()
    .transform(({ suffix }) => text(suffix, (value, end) => value.endsWith(end))),
  z
    .object({ 'equals-ignore-case': z.string() })
    .strict()
    .transform((rule) => text(rule, (value, other) => value === other)),
  z
    .object({ numeric: z.array(z.union([comparison, z.number()])).min(2) })
    .strict()
    .transform(({ numeric }, context) => numericRange(numeric, context)),
  z
    .object({ 'anything-but': z.union([oneOrMany, z.object({ prefix: z.string() }).strict()]) })
    .strict()
    .transform((rule) => anythingBut(rule['anything-but'])),
]);

/**
 * Compiles a pattern of the EventBridge language: objects name fields, lists give alternatives for
 * a field, `$or` gives alternatives of several fields. Lists in the value match by any element.
 *
 * @throws Error that shows the part of the pattern nobody understands.
 */
export function compilePattern(pattern: unknown): Matcher {
  if (Array.isArray(pattern)) return anyOf(pattern.map(compileOperator));
  if (typeof pattern !== 'object' || pattern === null) {
    throw new Error(
      `Cannot filter records: a field needs a list or an object of fields: received ${JSON.stringify(pattern)}`,
    );
  }
  const fields = Object.entries(pattern).map(([name, part]) => compileField(name, part));
  const matches: Matcher = (value) => fields.every((field) => field(value));
  return (value) => (Array.isArray(value) ? value.some(matches) : matches(value));
}

function compileField(name: string, part: unknown): Matcher {
  if (name === '$or') {
    if (Array.isArray(part) && part.length > 0) return anyOf(part.map(compilePattern));
    throw new Error(
      `Cannot filter records: $or needs a list of patterns: received ${JSON.stringify(part)}`,
    );
  }
  const matcher = compilePattern(part);
  return (value) => matcher(fieldOf(value, name));
}

function compileOperator(rule: unknown): Matcher {
  const parsed = operator.safeParse(rule);
  if (parsed.success) return parsed.data;
  throw new Error(
    `Cannot filter records: the operator is unknown or malformed: received ${JSON.stringify(rule)}`,
  );
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  return (value) => matchers.some((matcher) => matcher(value));
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const field: unknown = Reflect.get(value, name);
  return field;
}

function isLeaf(value: unknown): boolean {
  return (
    value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))
  );
}

/** A rule about one scalar; of a list one element suffices. */
function leaf(rule: (value: unknown) => boolean): Matcher {
  return (value) => {
    if (value === undefined) return false;
    return Array.isArray(value) ? value.some(rule) : rule(value);
  };
}

function text(
  wanted: z.output<typeof affix>,
  rule: (value: string, wanted: string) => boolean,
): Matcher {
  if (typeof wanted === 'string') {
    return leaf((value) => typeof value === 'string' && rule(value, wanted));
  }
  const folded = wanted['equals-ignore-case'].toLowerCase();
  return leaf((value) => typeof value === 'string' && rule(value.toLowerCase(), folded));
}

function anythingBut(rule: readonly unknown[] | { readonly prefix: string }): Matcher {
  if ('prefix' in rule) {
    return leaf((value) => typeof value === 'string' && !value.startsWith(rule.prefix));
  }
  return leaf((value) => !rule.includes(value));
}

function numericRange(
  parts: readonly (z.output<typeof comparison> | number)[],
  context: z.RefinementCtx,
): Matcher {
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const sign = parts[index];
    const bound = parts[index + 1];
    if (typeof sign !== 'string' || typeof bound !== 'number') {
      context.addIssue({ code: 'custom', message: 'numeric needs pairs of a sign and a number' });
      return z.NEVER;
    }
    tests.push((value) => compare(value, sign, bound));
  }
  return leaf((value) => typeof value === 'number' && tests.every((test) => test(value)));
}

function compare(value: number, sign: z.output<typeof comparison>, bound: number): boolean {
  switch (sign) {
    case '=':
      return value === bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}
