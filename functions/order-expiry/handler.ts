import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { environment } from '../../shared/config/environment.ts';
import { readSecret } from '../../shared/config/read-secret.ts';
import { settings } from '../../shared/config/settings.ts';
import { connectDatabase } from '../../shared/sql/database.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { expireAll } from './expire-all.ts';

const env = environment(z.object({ DATABASE_SECRET_ARN: z.string().min(1) }));
const { orderExpiresAfterMs } = settings();
const { logger, count, flush } = telemetry('order-expiry');
const secrets = new SecretsManagerClient({});
const database = connectDatabase(
  () => readSecret(secrets, env.DATABASE_SECRET_ARN),
  (message, error) => logger.error(message, error),
  'order-expiry',
);

/** Room for the batch that is under way: a transaction takes 5 s at most, and is tried again. */
const reserveMs = 15_000;

export const handler = middy<unknown, void, Error, Context>().handler(async (_event, context) => {
  try {
    await expireAll(database, orderExpiresAfterMs, {
      mayGoOn: () => context.getRemainingTimeInMillis() > reserveMs,
      expired: (orders) => count('OrdersExpired', orders),
    });
  } finally {
    flush();
  }
});
