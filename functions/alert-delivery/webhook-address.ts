import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const lifetimeMs = 5 * 60_000;

/** Reads the webhook's address from its secret: the URL itself, or JSON with a field `url`. */
export class WebhookAddress {
  readonly #client: SecretsManagerClient;
  readonly #secretArn: string;
  readonly #now: () => number;
  #known: { readonly url: string; readonly atMs: number } | undefined;

  constructor(client: SecretsManagerClient, secretArn: string, now: () => number) {
    this.#client = client;
    this.#secretArn = secretArn;
    this.#now = now;
  }

  /** @throws Error when the secret holds no http(s) address; it never tells what it holds. */
  async get(): Promise<string> {
    if (this.#known && this.#now() - this.#known.atMs < lifetimeMs) return this.#known.url;
    const { SecretString = '' } = await this.#client.send(
      new GetSecretValueCommand({ SecretId: this.#secretArn }),
    );
    const url = urlIn(SecretString);
    if (url === undefined) {
      throw new Error(
        'Cannot deliver alerts: the webhook secret holds no http(s) address: put one in with aws secretsmanager put-secret-value',
      );
    }
    this.#known = { url, atMs: this.#now() };
    return url;
  }
}

function urlIn(secret: string): string | undefined {
  let candidate: unknown = secret;
  if (secret.startsWith('{')) {
    try {
      candidate = JSON.parse(secret).url;
    } catch {
      return undefined;
    }
  }
  return typeof candidate === 'string' && /^https?:\/\//.test(candidate) ? candidate : undefined;
}
