import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { settings } from '../../shared/config/settings.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { alertsParts } from './alerts/parts.ts';
import { config } from './config.ts';
import { knownSales } from './features/known-sales.ts';
import { casesTable } from './fraud/cases-table.ts';
import { insightsApi } from './insights-api.ts';
import { readPageFiles } from './page-files.ts';
import { resultsTable } from './results-table.ts';

const { logger } = telemetry('insights-api');
const page = await readPageFiles(new URL('./web/', import.meta.url));
const client = new DynamoDBClient({});
const results = resultsTable(client, config.RESULTS_TABLE_NAME, Date.now);
const cases = casesTable(client, config.FRAUD_CASES_TABLE_NAME);

export const handler = insightsApi({
  results,
  cases,
  alerts: alertsParts(client, config.ALERTS_TABLE_NAME),
  sales: knownSales(
    client,
    { state: config.STATE_TABLE_NAME, results: config.RESULTS_TABLE_NAME },
    Date.now,
  ),
  page,
  currency: config.SHOP_CURRENCY,
  settings: settings(),
  tokenPublicKey: config.TOKEN_PUBLIC_KEY,
  log: (message, error) => logger.error(message, error),
});
