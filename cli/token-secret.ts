import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseTokenKeys, type TokenKeyPair } from '../shared/auth/token.ts';
import { readSecret } from '../shared/config/read-secret.ts';
import { localClient } from './local-client.ts';
import { readLocalEndpoint } from './local-endpoint.ts';
import type { Place } from './options/place.ts';

export interface TokenSecretOptions extends Place {
  /** A local cloud that is known already. @default - the running one, by its data directory */
  readonly cloud?: { readonly awsUrl: string; readonly stage?: string } | undefined;
}

/** The secret with the key pair that signs tokens, of AWS or of the running local cloud. */
export interface TokenSecret {
  readonly stage: string;
  /** @throws Error when it holds no key pair yet. */
  read(): Promise<TokenKeyPair>;
  write(pair: TokenKeyPair): Promise<void>;
}

export async function openTokenSecret(options: TokenSecretOptions): Promise<TokenSecret> {
  const { client, stage } = await connect(options);
  const name = `${stage}/token-key`;
  return {
    stage,
    read: async () => parseTokenKeys(await readSecret(client, name)),
    async write(pair) {
      const SecretString = JSON.stringify(pair);
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
    },
  };
}

async function connect({ aws, stage, data, cloud }: TokenSecretOptions) {
  if (aws) return { client: new SecretsManagerClient({}), stage: stage ?? 'dev' };
  const local = cloud ?? (await readLocalEndpoint(data, stage));
  const client = new SecretsManagerClient(localClient(local.awsUrl));
  return { client, stage: local.stage ?? 'dev' };
}
