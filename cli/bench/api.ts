import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { z } from 'zod';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { createWorkerCalls } from '../../infra/local/worker-calls.ts';
import { apiToken } from '../api-token.ts';
import { drain } from '../start/drain.ts';
import { fillCarts } from './api/carts.ts';
import type { ApiFigures, ApiLoad } from './api/load-worker.ts';
import { inBenchCloud } from './bench-cloud.ts';
import { median } from './median.ts';

interface ApiBench {
  readonly clients: number;
  readonly seconds: number;
  readonly rounds: number;
}

const requests = ['GET /products', 'POST /orders'] as const;
const warmUpSeconds = 2;
/** More than any server here can order. */
const cartsPerSecond = 1_000;

/**
 * Measures the shop's API behind the played front (its throttle lifted), in turns with the least
 * that answers the same requests from the same PostgreSQL. A line of JSON per request and round,
 * then one with the medians and their ratio.
 */
export async function benchApi(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: 'string', default: '16' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const [clients, seconds, rounds] = [values.clients, values.seconds, values.rounds].map(Number);
  const bench = z.object({
    clients: z.int().min(1).max(256),
    seconds: z.number().min(1).max(60),
    rounds: z.int().min(1).max(20),
  });
  const parsed = bench.safeParse({ clients, seconds, rounds });
  if (!parsed.success) {
    throw new RangeError(
      `Cannot measure: --clients must be 1 to 256, --seconds 1 to 60, --rounds 1 to 20: received ${args.join(' ')}`,
    );
  }
  await inBenchCloud((cloud) => measure(cloud, parsed.data), liftThrottle);
}

async function measure(cloud: LocalCloud, { clients, seconds, rounds }: ApiBench): Promise<void> {
  const database = new pg.Client(cloud.database);
  await database.connect();
  const bare = new Worker(new URL('./api/bare-server.ts', import.meta.url), {
    workerData: cloud.database,
  });
  const [port] = await once(bare, 'message');
  const servers = { shop: cloud.apiUrl, bare: `http://127.0.0.1:${port}` };
  const token = await apiToken({ role: 'operator', cloud });
  const load = createWorkerCalls<ApiLoad, ApiFigures>(
    new URL('./api/load-worker.ts', import.meta.url),
    { clients, token },
  );

  // All of them beforehand: what follows from them, up to the lake, is over when it begins.
  const allSeconds = 2 * (warmUpSeconds + rounds * seconds);
  let firstCart = await fillCarts(database, Math.ceil(cartsPerSecond * allSeconds));
  await drain(cloud);

  async function round(request: (typeof requests)[number], url: string, forSeconds: number) {
    if (request === 'GET /products') {
      return load.call({ url: `${url}/products`, seconds: forSeconds, orders: undefined });
    }
    const orders = { firstCart, carts: Math.floor(cartsPerSecond * forSeconds) };
    firstCart += orders.carts;
    return load.call({ url: `${url}/orders`, seconds: forSeconds, orders });
  }

  try {
    for (const request of requests) {
      for (const url of Object.values(servers)) await round(request, url, warmUpSeconds);
      const figures: Record<keyof typeof servers, ApiFigures[]> = { shop: [], bare: [] };
      for (let number = 1; number <= rounds; number++) {
        for (const server of ['shop', 'bare'] as const) {
          const seen = await round(request, servers[server], seconds);
          figures[server].push(seen);
          print({ request, server, clients, round: number, ...seen });
        }
      }
      const of = (server: keyof typeof servers, figure: (seen: ApiFigures) => number) =>
        median(figures[server].map(figure));
      const perSecond = (server: keyof typeof servers) => of(server, (seen) => seen.perSecond);
      const p99 = (server: keyof typeof servers) => of(server, (seen) => seen.latencyMs?.p99 ?? 0);
      print({
        request,
        clients,
        medianOf: rounds,
        perSecond: { shop: perSecond('shop'), bare: perSecond('bare') },
        p99Ms: { shop: p99('shop'), bare: p99('bare') },
        ratio: Math.round((perSecond('shop') / perSecond('bare')) * 100) / 100,
      });
    }
  } finally {
    await Promise.all([load.close(), bare.terminate(), database.end()]);
  }
}

function print(line: object): void {
  console.log(JSON.stringify({ bench: 'api', ...line }));
}

const template = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() }),
  ),
});

/** The front lets 500 requests a second through, which is a choice and no figure. */
async function liftThrottle(assembly: string): Promise<void> {
  const file = path.join(assembly, 'Shop-dev-App.template.json');
  const app = template.parse(JSON.parse(await readFile(file, 'utf8')));
  for (const { Type, Properties } of Object.values(app.Resources)) {
    if (Type !== 'AWS::ApiGatewayV2::Stage' || Properties === undefined) continue;
    const unbounded = { ThrottlingRateLimit: 1e6, ThrottlingBurstLimit: 1e6 };
    Object.assign(Properties, { DefaultRouteSettings: unbounded, RouteSettings: {} });
  }
  await writeFile(file, JSON.stringify(app));
}
