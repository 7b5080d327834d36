import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { readSecret } from '../../shared/config/read-secret.ts';

const httpUrl = z.string().regex(/^https?:\/\/[^\s]+$/);
const targetSchema = z.strictObject({
  form: z.enum(['slack', 'discord', 'webhook']),
  url: httpUrl,
  /** Signs what goes to a webhook of one's own. */
  signingKey: z.string().min(16).optional(),
});
const targetName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const secretSchema = z.union([
  httpUrl.transform(oneTarget),
  z.strictObject({ url: httpUrl }).transform(({ url }) => oneTarget(url)),
  z
    .strictObject({ targets: z.record(targetName, targetSchema) })
    .transform(({ targets }) => targets),
]);

/** Where alerts go, and in which form. */
export type Target = z.output<typeof targetSchema>;

const lifetimeMs = 5 * 60_000;

/** The targets in the secret, by name; kept for five minutes. */
export class Targets {
  readonly #client: SecretsManagerClient;
  readonly #secretArn: string;
  readonly #now: () => number;
  #known: { readonly targets: ReadonlyMap<string, Target>; readonly atMs: number } | undefined;

  constructor(client: SecretsManagerClient, secretArn: string, now: () => number) {
    this.#client = client;
    this.#secretArn = secretArn;
    this.#now = now;
  }

  /** @throws Error when the secret holds no targets; it never tells what it holds. */
  async all(): Promise<ReadonlyMap<string, Target>> {
    if (this.#known && this.#now() - this.#known.atMs < lifetimeMs) return this.#known.targets;
    const targets = readTargets(await readSecret(this.#client, this.#secretArn));
    this.#known = { targets, atMs: this.#now() };
    return targets;
  }

  /** @throws Error for a target that the secret does not have, and no `default` either. */
  async find(name: string): Promise<Target> {
    const targets = await this.all();
    const target = targets.get(name) ?? targets.get('default');
    if (target) return target;
    // Another instance may have put it in a moment ago.
    this.#known = undefined;
    throw new Error(
      `Cannot deliver alerts: the webhook secret has no such target, and no default: received "${name}"`,
    );
  }
}

function readTargets(secret: string): ReadonlyMap<string, Target> {
  const parsed = secretSchema.safeParse(jsonOr(secret));
  if (parsed.success) return new Map(Object.entries(parsed.data));
  throw new Error(
    'Cannot deliver alerts: the webhook secret holds no http(s) address and no targets: put one in with aws secretsmanager put-secret-value',
  );
}

function jsonOr(secret: string): unknown {
  if (!secret.startsWith('{')) return secret;
  try {
    return JSON.parse(secret);
  } catch {
    return secret;
  }
}

function oneTarget(url: string): Record<string, Target> {
  return { default: { form: 'slack', url } };
}
