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
/** Faults of the account, which do not pass by themselves. */
const unset = ['ResourceNotFoundException', 'AccessDeniedException', 'DecryptionFailure'];

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

  /**
   * Their names; none where the secret holds no targets yet.
   *
   * @throws Error where the secret cannot be read just now: an alert would be led astray.
   */
  async names(): Promise<readonly string[]> {
    try {
      return [...(await this.#all()).keys()];
    } catch (error) {
      const isUnset = error instanceof Error && unset.includes(error.name);
      if (error instanceof NoTargetsError || isUnset) return [];
      throw error;
    }
  }

  /**
   * The target of that name, else `default`, else the first: someone hears of it.
   *
   * @throws Error when the secret holds no targets; it never tells what it holds.
   */
  async find(name: string): Promise<Target> {
    const targets = await this.#all();
    const target = targets.get(name) ?? targets.get('default') ?? [...targets.values()][0];
    if (target) return target;
    throw new NoTargetsError();
  }

  async #all(): Promise<ReadonlyMap<string, Target>> {
    if (this.#known && this.#now() - this.#known.atMs < lifetimeMs) return this.#known.targets;
    const secret = await this.#read();
    const targets = secret === undefined ? this.#known?.targets : readTargets(secret);
    if (!targets) throw new NoTargetsError();
    this.#known = { targets, atMs: this.#now() };
    return targets;
  }

  /** Undefined where it cannot be read, and what was read before still serves. */
  async #read(): Promise<string | undefined> {
    try {
      return await readSecret(this.#client, this.#secretArn);
    } catch (error) {
      if (!this.#known) throw error;
      return undefined;
    }
  }
}

class NoTargetsError extends Error {
  override readonly name = 'NoTargetsError';

  constructor() {
    super(
      'Cannot deliver alerts: the webhook secret holds no http(s) address and no targets: put one in with aws secretsmanager put-secret-value',
    );
  }
}

function readTargets(secret: string): ReadonlyMap<string, Target> {
  const parsed = secretSchema.safeParse(jsonOr(secret.trim()));
  if (!parsed.success) throw new NoTargetsError();
  const targets = new Map(Object.entries(parsed.data));
  if (targets.size === 0) throw new NoTargetsError();
  return targets;
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
