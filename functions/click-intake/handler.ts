import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecret } from '../../shared/config/read-secret.ts';
import { kinesisClient } from '../../shared/kinesis/client.ts';
import { keyedHash } from '../../shared/shop/keyed-hash.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { clickIntake } from './click-intake.ts';
import { clickStream } from './click-stream.ts';
import { config } from './config.ts';

const { logger, count, flush } = telemetry('click-intake');
const secrets = new SecretsManagerClient({});
const wait = { sleep: (milliseconds: number) => sleep(milliseconds), random: Math.random };
let key: string | undefined; // never changes: the pseudonyms would lead nowhere

export const handler = clickIntake({
  put: clickStream(kinesisClient(), config.CLICKSTREAM_NAME, wait),
  async pseudonym() {
    key ??= await readSecret(secrets, config.PSEUDONYM_KEY_SECRET_ARN);
    return keyedHash.bind(undefined, key);
  },
  tokenPublicKey: config.TOKEN_PUBLIC_KEY,
  now: () => Date.now(),
  count(accepted, rejected) {
    count('ClicksAccepted', accepted);
    count('ClicksRejected', rejected);
    flush();
  },
  log: (message, error) => logger.error(message, error),
});
