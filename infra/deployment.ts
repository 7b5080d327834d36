import type { Node } from 'constructs';
import { z } from 'zod';
import { chosenSettings } from '../shared/config/settings.ts';
import { lakeOfStage } from '../shared/lake/lake-of-stage.ts';

/** `-c <name>=<value>` of the CDK command line; names that are not here belong to CDK itself. */
const contextSchema = z.object({
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,11}$/, 'must be 1 to 12 lower-case letters and digits, a letter first')
    .default('dev'),
  profile: z.enum(['aws', 'localstack']).default('aws'),
  capture: z.enum(['serverless', 'instance']).default('serverless'),
  streamMode: z.enum(['provisioned', 'on-demand']).default('provisioned'),
  database: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,60}$/, 'must be lower-case letters, digits and underscores')
    .optional(),
  dmsRoles: z.enum(['existing', 'create']).default('existing'),
  email: z.email().optional(),
  monthlyBudgetUsd: z.coerce.number().positive().default(400),
  corsOrigins: z
    .string()
    .regex(/^https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*$/, 'must be origins, parted by commas')
    .transform((text) => text.split(','))
    .optional(),
  settings: z
    .preprocess(
      (given) => (typeof given === 'string' ? parseJson(given) : given),
      z.record(
        z.string(),
        z.union([z.string(), z.number()]).transform(String),
        'must be a JSON object of settings, as {"ORDER_BURST_MAX":8}',
      ),
    )
    .transform((chosen, context) => {
      try {
        return chosenSettings(chosen);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    })
    .default({}),
});

/** What a person chose on the command line, with every default filled in. */
export interface Deployment {
  /** First part of every physical name: two stages live side by side in one account. */
  readonly stage: string;
  /** Whether data outlives the stack and resources refuse to be deleted. */
  readonly production: boolean;
  readonly profile: 'aws' | 'localstack';
  /** DMS Serverless, or a small replication instance with a task. */
  readonly capture: 'serverless' | 'instance';
  readonly streamMode: 'provisioned' | 'on-demand';
  /** Name of the Glue database. */
  readonly database: string;
  /** Whether to create the two roles that DMS expects once per account, under fixed names. */
  readonly createDmsRoles: boolean;
  /** Who hears of alarms and of the budget; nobody without one. */
  readonly email: string | undefined;
  readonly monthlyBudgetUsd: number;
  /** Origins (`https://shop.example.com`) whose pages may use the API; none without them. */
  readonly corsOrigins: readonly string[];
  /** Settings that are not at their defaults, by variable: see `shared/config/settings.ts`. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Reads the deployment from CDK context.
 *
 * @throws Error that names every value that is not understood.
 */
export function readDeployment(node: Node): Deployment {
  const given = Object.keys(contextSchema.shape).map((name) => [name, node.tryGetContext(name)]);
  const parsed = contextSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      return `-c ${name}: ${issue.message}: received ${JSON.stringify(node.tryGetContext(name))}`;
    });
    throw new Error(`Cannot synthesise the shop: ${faults.join('; ')}`);
  }
  const { stage, dmsRoles, database, email, corsOrigins = [], ...rest } = parsed.data;
  return {
    ...rest,
    stage,
    production: stage === 'prod',
    createDmsRoles: dmsRoles === 'create',
    database: database ?? lakeOfStage(stage).database,
    email,
    corsOrigins,
  };
}

/** What is no JSON stays as it is, and is refused as such. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
