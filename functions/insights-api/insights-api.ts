import { alertKinds } from '../../shared/alerts/alert-kinds.ts';
import { apiHandler } from '../../shared/api/api-handler.ts';
import { openApiEndpoint } from '../../shared/api/openapi-endpoint.ts';
import type { Settings } from '../../shared/config/settings.ts';
import { gzipped } from '../../shared/http/gzipped.ts';
import { alertView } from './alerts/alert-view.ts';
import { muteRoutes } from './alerts/mute-routes.ts';
import type { AlertsParts } from './alerts/parts.ts';
import { alertRoutes } from './alerts/routes.ts';
import { undeliveredRoutes } from './alerts/undelivered-routes.ts';
import type { KnownSales } from './features/known-sales.ts';
import { featureRoutes } from './features/routes.ts';
import type { CasesTable } from './fraud/cases-table.ts';
import { fraudCase, fraudRoutes } from './fraud/routes.ts';
import type { PageFiles } from './page-files.ts';
import { pageRoutes } from './page-routes.ts';
import type { ResultsTable } from './results-table.ts';
import { sessionRoutes } from './session-routes.ts';
import { statisticsRoutes } from './statistics-routes.ts';

export interface InsightsParts {
  readonly results: ResultsTable;
  readonly cases: CasesTable;
  readonly alerts: AlertsParts;
  readonly sales: KnownSales;
  readonly page: PageFiles;
  /** ISO 4217 code of every amount. */
  readonly currency: string;
  /** How the jobs are declared. */
  readonly settings: Settings;
  /** Base64url of the key that verifies tokens, or the empty text: then no token is accepted. */
  readonly tokenPublicKey: string;
  readonly log: (message: string, error: Error) => void;
}

/** The API over what the jobs found, and the live page, as a Lambda handler. */
export function insightsApi(parts: InsightsParts) {
  const { results, cases, alerts, sales, page, currency, settings, tokenPublicKey, log } = parts;
  const insights = [
    ...pageRoutes({ results, page, currency, settings }),
    ...statisticsRoutes(results, currency, settings),
    ...sessionRoutes(results, currency),
    ...fraudRoutes(cases),
    ...featureRoutes(sales),
    ...alertRoutes(alerts),
    ...muteRoutes(alerts, alertKinds(settings)),
    ...undeliveredRoutes(alerts),
  ];
  const document = openApiEndpoint('/insights/openapi.json', insights, {
    title: 'Insights API',
    description: 'What the jobs found. Money is whole cents.',
    named: { FraudCase: fraudCase, Alert: alertView },
  });
  return apiHandler([...insights, document], { tokenPublicKey, log }).use(gzipped());
}
