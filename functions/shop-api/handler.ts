import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { config } from './config.ts';
import { connectDatabase } from './database.ts';
import { shopApi } from './shop-api.ts';

const logger = new Logger({ serviceName: 'shop-api' });
const log = (message: string, error: Error) => logger.error(message, error);
const secrets = new SecretsManagerClient({});

async function readSecret(): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: config.DATABASE_SECRET_ARN });
  return (await secrets.send(command)).SecretString ?? '';
}

export const handler = shopApi({
  database: connectDatabase(readSecret, log),
  docs: new URL('./docs/', import.meta.url),
  newTransactionId: randomUUID,
  log,
});
