import { z } from 'zod';
import { newTokenKeyPair, parseTokenKeys } from '../../shared/auth/token.ts';
import type { SecretsPlayer } from './secrets.ts';

const credentials = z.looseObject({ username: z.string(), password: z.string() });

export interface DatabasePasswords {
  readonly admin: string;
  readonly app: string;
  readonly capture: string;
}

/** Passwords of the database's users, as their secrets hold them. */
export function databasePasswords(secrets: SecretsPlayer, stage: string): DatabasePasswords {
  const of = (user: string): string =>
    credentials.parse(JSON.parse(secrets.value(`${stage}/database/${user}`))).password;
  return { admin: of('admin'), app: of('app'), capture: of('capture') };
}

/** Lets the secrets of the database's users tell where the database is now. */
export async function tellDatabaseAddress(
  secrets: SecretsPlayer,
  stage: string,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  for (const user of ['admin', 'app', 'capture']) {
    const name = `${stage}/database/${user}`;
    const value = credentials.parse(JSON.parse(secrets.value(name)));
    await secrets.set(name, JSON.stringify({ ...value, host, port, dbname: 'shop' }));
  }
}

/** The webhook of this machine's own receiver, until a person puts another address in. */
export async function tellWebhook(
  secrets: SecretsPlayer,
  stage: string,
  apiUrl: string,
): Promise<void> {
  const name = `${stage}/alert-webhook`;
  const isOwn = /^http:\/\/127\.0\.0\.1:\d+\/local\/webhook$/.test(secrets.value(name));
  if (isOwn || secrets.value(name) === 'unset') await secrets.set(name, `${apiUrl}/local/webhook`);
}

/** The key that verifies tokens; the pair is made at the first start. */
export async function tokenPublicKey(secrets: SecretsPlayer, stage: string): Promise<string> {
  const name = `${stage}/token-key`;
  if (secrets.value(name) === 'unset') await secrets.set(name, await newTokenKeyPair());
  return parseTokenKeys(secrets.value(name)).publicKey;
}
