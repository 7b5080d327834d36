import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecret } from '../../shared/config/read-secret.ts';
import { settings } from '../../shared/config/settings.ts';
import { connectDatabase } from '../../shared/sql/database.ts';
import { config } from './config.ts';
import { shopApi } from './shop-api.ts';

const logger = new Logger({ serviceName: 'shop-api' });
const log = (message: string, error: Error) => logger.error(message, error);
const secrets = new SecretsManagerClient({});

export const handler = shopApi({
  database: connectDatabase(() => readSecret(secrets, config.DATABASE_SECRET_ARN), log, 'shop-api'),
  tokenKeys: {
    publicKey: config.TOKEN_PUBLIC_KEY,
    readSecret: () => readSecret(secrets, config.TOKEN_KEY_SECRET_ARN),
  },
  docs: new URL('./docs/', import.meta.url),
  newTransactionId: randomUUID,
  orderExpiresAfterMs: settings().orderExpiresAfterMs,
  log,
});
