import { z } from 'zod';
import type { Permission } from '../service.ts';
import { matchesAction, matchesResource } from './wildcard.ts';

/** One statement of an identity policy, its elements always lists. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Whether a `Condition` limits the statement. Conditions themselves are not evaluated. */
  readonly conditional: boolean;
  readonly actions: Choice;
  readonly resources: Choice;
}

/** Patterns of which one must match (`Action`), or of which none may (`NotAction`). */
interface Choice {
  readonly patterns: readonly string[];
  readonly inverted: boolean;
}

export type Decision = 'allowed' | 'not allowed' | 'denied';

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const statement = z
  .object({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Resource: oneOrMore.optional(),
    NotResource: oneOrMore.optional(),
    Condition: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(
    (value) => (value.Action === undefined) !== (value.NotAction === undefined),
    'A statement has either Action or NotAction',
  )
  .refine(
    (value) => (value.Resource === undefined) !== (value.NotResource === undefined),
    'A statement has either Resource or NotResource',
  );

const policyDocument = z.object({
  Version: z.string().optional(),
  Statement: z
    .union([statement, z.array(statement)])
    .transform((value) => (Array.isArray(value) ? value : [value])),
});

/** @throws Error naming the policy when the document is not one of an identity policy. */
export function readPolicy(name: string, document: unknown): readonly Statement[] {
  const parsed = policyDocument.safeParse(document);
  if (!parsed.success) {
    throw new Error(`Cannot read policy ${name}: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data.Statement.map((entry) => ({
    effect: entry.Effect,
    conditional: Object.keys(entry.Condition ?? {}).length > 0,
    actions: choice(entry.Action, entry.NotAction),
    resources: choice(entry.Resource, entry.NotResource),
  }));
}

function choice(patterns: string[] | undefined, excluded: string[] | undefined): Choice {
  return patterns === undefined
    ? { patterns: excluded ?? [], inverted: true }
    : { patterns, inverted: false };
}

/**
 * Deny wins over Allow, and what nobody allows is not allowed. Conditions are not evaluated: an
 * Allow counts as if its condition held, a Deny as if it did not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: readonly Statement[], permission: Permission): Decision {
  const applying = statements.filter(
    ({ actions, resources }) =>
      chosen(actions, permission.action, matchesAction) &&
      chosen(resources, permission.resource, matchesResource),
  );
  if (applying.some(({ effect, conditional }) => effect === 'Deny' && !conditional)) {
    return 'denied';
  }
  return applying.some(({ effect }) => effect === 'Allow') ? 'allowed' : 'not allowed';
}

function chosen(
  { patterns, inverted }: Choice,
  value: string,
  matches: (pattern: string, value: string) => boolean,
): boolean {
  return patterns.some((pattern) => matches(pattern, value)) !== inverted;
}
