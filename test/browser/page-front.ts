import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { insightsApi } from '../../functions/insights-api/insights-api.ts';
import { readPageFiles } from '../../functions/insights-api/page-files.ts';
import { resultsTable } from '../../functions/insights-api/results-table.ts';
import { startHttpApi } from '../../infra/local/http-api/start-http-api.ts';
import { openWebhookReceiver } from '../../infra/local/http-api/webhook-receiver.ts';
import type { Resource } from '../../infra/local/service.ts';
import { buildPage } from '../../web/build-page.ts';
import { lambdaContext } from '../fixtures/http-event.ts';
import type { ResultsFixture } from '../fixtures/results-table.ts';

export interface PageFront {
  readonly url: string;
  /** Takes the API away; the port stays ours to come back to. */
  readonly goAway: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const api = 'insights';
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:dev-insights-api';
const routeKeys = [
  'GET /live',
  'GET /dashboard',
  'GET /dashboard/{proxy+}',
  'GET /statistics/{proxy+}',
];

/** The page, its API and the webhook receiver behind a played HTTP API. */
export async function startPageFront(table: ResultsFixture): Promise<PageFront> {
  const folder = await mkdtemp(join(tmpdir(), 'live-page-'));
  await buildPage(join(folder, 'web'));
  const handler = insightsApi(
    {
      results: resultsTable(table.client, table.tableName),
      page: await readPageFiles(pathToFileURL(join(folder, 'web/'))),
      currency: 'USD',
    },
    (message, error) => console.error(message, error),
  );
  const file = join(folder, 'webhook.jsonl');
  const receiver = await openWebhookReceiver({ file, now: () => Date.now() });

  const start = (port: number) =>
    startHttpApi({
      ...apiResources(),
      port,
      local: new Map([['/local/webhook', receiver.handle]]),
      log: (line) => console.error(line),
      invoke: async (_name, event) => ({
        ok: true,
        payload: await handler(event as APIGatewayProxyEventV2, lambdaContext('insights-api')),
        requestId: 'request',
      }),
    });
  let front = await start(0);
  const { port, url } = front;

  return {
    url,
    goAway: () => front.close(0),
    async comeBack() {
      front = await start(port);
    },
    async stop() {
      await front.close(0);
      await rm(folder, { recursive: true });
    },
  };
}

function apiResources() {
  return {
    api: resource('AWS::ApiGatewayV2::Api', api, { ProtocolType: 'HTTP' }),
    routes: routeKeys.map((RouteKey, index) =>
      resource('AWS::ApiGatewayV2::Route', `route${index}`, {
        ApiId: api,
        RouteKey,
        Target: 'integrations/function',
      }),
    ),
    integrations: [
      resource('AWS::ApiGatewayV2::Integration', 'function', {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: functionArn,
        PayloadFormatVersion: '2.0',
      }),
    ],
    stages: [resource('AWS::ApiGatewayV2::Stage', 'stage', { ApiId: api, StageName: '$default' })],
  };
}

function resource(type: string, ref: string, properties: object): Resource {
  return { stack: 'Shop-dev-App', logicalId: ref, type, ref, attributes: {}, properties };
}
