import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecret } from '../../shared/config/read-secret.ts';
import { settings } from '../../shared/config/settings.ts';
import { fraudJob } from '../../shared/fraud/fraud-job.ts';
import type { FraudState } from '../../shared/fraud/fraud-state.ts';
import type { Judging } from '../../shared/fraud/judge.ts';
import { shopJudging } from '../../shared/fraud/shop-judging.ts';
import { keyedStates } from '../../shared/jobs/keyed-states.ts';
import { connectDatabase } from '../../shared/sql/database.ts';
import { DynamoDbStore } from '../../shared/state/dynamodb-store.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { config } from './config.ts';
import { type DeciderParts, decider } from './fraud/decide.ts';
import { warmUp } from './fraud/warm-up.ts';
import { shopApi } from './shop-api.ts';

const { logger, milliseconds, count, flush } = telemetry('shop-api');
const log = (message: string, error: Error) => logger.error(message, error);
const secrets = new SecretsManagerClient({});
const shop = settings();
const { fraudDecisionTimeoutMs: timeoutMs } = shop;

const states = keyedStates<FraudState>({
  store: new DynamoDbStore(
    // Who waits for a payment does not wait for a table: the second try is the last.
    new DynamoDBClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs },
    }),
    { state: config.STATE_TABLE_NAME, results: config.RESULTS_TABLE_NAME },
  ),
  job: fraudJob.name,
  generation: fraudJob.generation,
  stateTtlMs: fraudJob.stateTtlMs,
  timeoutMs,
  now: () => Date.now(),
});

let judging: Judging | undefined;
const parts: DeciderParts = {
  states,
  readJudging() {
    judging ??= shopJudging(shop);
    return judging;
  },
  fallback: shop.fraudDefaultDecision,
  now: () => performance.now(),
  tell({ decision, basis }, tookMs) {
    milliseconds('DecisionMs', [tookMs]);
    count(`Decision-${decision}`, 1);
    if (basis === 'default') count('DecisionsByDefault', 1);
    flush();
  },
  log,
};
await warmUp(parts);

export const handler = shopApi({
  database: connectDatabase(() => readSecret(secrets, config.DATABASE_SECRET_ARN), log, 'shop-api'),
  tokenKeys: {
    publicKey: config.TOKEN_PUBLIC_KEY,
    readSecret: () => readSecret(secrets, config.TOKEN_KEY_SECRET_ARN),
  },
  docs: new URL('./docs/', import.meta.url),
  newTransactionId: randomUUID,
  orderExpiresAfterMs: shop.orderExpiresAfterMs,
  decide: decider(parts),
  log,
});
