import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { clickIntake } from '../../functions/click-intake/click-intake.ts';
import { readPageFiles } from '../../functions/insights-api/page-files.ts';
import { resultsTable } from '../../functions/insights-api/results-table.ts';
import { startHttpApi } from '../../infra/local/http-api/start-http-api.ts';
import { openWebhookReceiver } from '../../infra/local/http-api/webhook-receiver.ts';
import type { Resource } from '../../infra/local/service.ts';
import type { ClickRecord } from '../../shared/events/click.ts';
import { buildPage } from '../../web/build-page.ts';
import { lambdaContext } from '../fixtures/http-event.ts';
import { testInsights } from '../fixtures/insights.ts';
import type { ResultsFixture } from '../fixtures/results-table.ts';
import { startShop } from '../fixtures/shop.ts';

export interface PageFront {
  readonly url: string;
  /** As the shop has them. */
  readonly productNames: ReadonlyMap<number, string>;
  /** What the intake has put into its stream. */
  readonly clicks: readonly ClickRecord[];
  /** Takes the API away; the port stays ours to come back to. */
  readonly goAway: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const api = 'insights';
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const routeKeys = [
  'GET /live',
  'GET /dashboard',
  'GET /dashboard/{proxy+}',
  'GET /statistics/{proxy+}',
  'POST /events',
  'GET /products',
  'GET /categories',
];

/**
 * The page, its API, the shop that knows the names, and the webhook receiver behind a played HTTP API.
 *
 * @param parts of the API that differ: who may see its figures, and by which key.
 */
export async function startPageFront(
  table: ResultsFixture,
  parts: Parameters<typeof testInsights>[0] = {},
): Promise<PageFront> {
  const folder = await mkdtemp(join(tmpdir(), 'live-page-'));
  await buildPage(join(folder, 'web'));
  const handler = testInsights({
    results: resultsTable(table.client, table.tableName, Date.now),
    page: await readPageFiles(pathToFileURL(join(folder, 'web/'))),
    currency: 'USD',
    log: (message, error) => console.error(message, error),
    ...parts,
  });
  const clicks: ClickRecord[] = [];
  const intake = clickIntake({
    put: async (records) => void clicks.push(...records),
    pseudonym: async () => (identifier) => `pseudonym of ${identifier}`,
    tokenPublicKey: '',
    now: () => Date.now(),
    count: () => {},
    log: (message, error) => console.error(message, error),
  });
  const shop = await startShop();
  const handlers = new Map([
    ['click-intake', intake],
    ['shop-api', shop.handler],
  ]);
  const products = await shop.admin.query<{ id: string; name: string }>(
    'select id, name from products',
  );
  const productNames = new Map(products.rows.map(({ id, name }) => [Number(id), name]));
  const file = join(folder, 'webhook.jsonl');
  const receiver = await openWebhookReceiver({ file, now: () => Date.now() });

  const start = (port: number) =>
    startHttpApi({
      ...apiResources(),
      port,
      local: new Map([['/local/webhook', receiver.handle]]),
      log: (line) => console.error(line),
      invoke: async (name, event) => ({
        ok: true,
        payload: await (handlers.get(name) ?? handler)(
          event as APIGatewayProxyEventV2,
          lambdaContext(name),
        ),
        requestId: 'request',
      }),
    });
  let front = await start(0);
  const { port, url } = front;

  return {
    url,
    productNames,
    clicks,
    goAway: () => front.close(0),
    async comeBack() {
      front = await start(port);
    },
    async stop() {
      await front.close(0);
      await shop.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function functionOf(routeKey: string): string {
  if (routeKey.startsWith('POST')) return 'click-intake';
  return /products|categories/.test(routeKey) ? 'shop-api' : 'insights-api';
}

function apiResources() {
  return {
    api: resource('AWS::ApiGatewayV2::Api', api, { ProtocolType: 'HTTP' }),
    routes: routeKeys.map((RouteKey, index) =>
      resource('AWS::ApiGatewayV2::Route', `route${index}`, {
        ApiId: api,
        RouteKey,
        Target: `integrations/${functionOf(RouteKey)}`,
      }),
    ),
    integrations: ['insights-api', 'click-intake', 'shop-api'].map((name) =>
      resource('AWS::ApiGatewayV2::Integration', name, {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: functionArn(name),
        PayloadFormatVersion: '2.0',
      }),
    ),
    stages: [resource('AWS::ApiGatewayV2::Stage', 'stage', { ApiId: api, StageName: '$default' })],
  };
}

function resource(type: string, ref: string, properties: object): Resource {
  return { stack: 'Shop-dev-App', logicalId: ref, type, ref, attributes: {}, properties };
}
