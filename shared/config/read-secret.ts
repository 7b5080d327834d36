import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * The text of a secret as it is now; whoever needs it often keeps it.
 *
 * @throws Error for a secret without text, or with Secrets Manager's own error.
 */
export async function readSecret(client: SecretsManagerClient, secretArn: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (!SecretString) {
    throw new Error(`Cannot read secret: it holds no text: received "${secretArn}"`);
  }
  return SecretString;
}
