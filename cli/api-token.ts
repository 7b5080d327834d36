import { type Role, signToken } from '../shared/auth/token.ts';
import { openTokenSecret, type TokenSecretOptions } from './token-secret.ts';

const HOUR_MS = 3_600_000;

export interface ApiTokenOptions extends TokenSecretOptions {
  readonly role: Role;
  /** Needed by a shopper, and by nobody else. */
  readonly customerId?: number | undefined;
  /** @default eight hours */
  readonly lifetimeMs?: number | undefined;
}

/**
 * A token for the shop's API: the one in `SHOP_TOKEN`, whatever it is good for, else a new one,
 * signed with the key of the local cloud or of the stage on AWS. For a cloud that is given it is
 * always a new one.
 */
export async function apiToken(options: ApiTokenOptions): Promise<string> {
  const { role, customerId, lifetimeMs = 8 * HOUR_MS } = options;
  const given = process.env['SHOP_TOKEN']?.trim();
  if (given && options.cloud === undefined) return given;
  const keys = await (await openTokenSecret(options)).read();
  const { token } = await signToken(keys, { role, customerId }, { nowMs: Date.now(), lifetimeMs });
  return token;
}
