import { Agent, request as send } from 'node:http';
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../../../infra/local/worker-calls.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';

/** Requests of one kind, sent by clients that each wait for the answer before they go on. */
export interface ApiLoad {
  readonly url: string;
  readonly seconds: number;
  /** Undefined: the same GET again and again; else one order per cart, from the first on. */
  readonly orders: { readonly firstCart: number; readonly carts: number } | undefined;
}

/** What the clients saw. */
export interface ApiFigures {
  readonly requests: number;
  readonly perSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  /** Answers that were no success, by status. */
  readonly refused: Readonly<Record<string, number>>;
}

const { clients, token }: { clients: number; token: string } = workerData;

answerCalls<ApiLoad, ApiFigures>(async (load) => {
  // Connections of its own: between two loads the server may have closed idle ones.
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  const refused: Record<string, number> = {};
  const startedMs = performance.now();
  const endMs = startedMs + load.seconds * 1000;
  let sent = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const index = sent++;
      if (load.orders !== undefined && index >= load.orders.carts) return;
      const beganMs = performance.now();
      const status = await (load.orders === undefined
        ? get(agent, load.url)
        : order(agent, load.url, load.orders.firstCart + index));
      latencies.push(performance.now() - beganMs);
      if (status >= 300) refused[status] = (refused[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  agent.destroy();
  const seconds = (performance.now() - startedMs) / 1000;
  const figures = percentiles(latencies);
  return {
    requests: latencies.length,
    perSecond: Math.round(latencies.length / seconds),
    latencyMs: figures && { p50: tenths(figures.p50), p99: tenths(figures.p99) },
    refused,
  };
});

function get(agent: Agent, url: string): Promise<number> {
  return statusOf(agent, url, 'GET', {});
}

function order(agent: Agent, url: string, cartId: number): Promise<number> {
  const body = JSON.stringify({
    cartId,
    shippingAddress: 'Long Street 1',
    shippingCountry: 'DE',
    deviceId: 'device-1',
  });
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'idempotency-key': `bench-${cartId}`,
  };
  return statusOf(agent, url, 'POST', headers, body);
}

function statusOf(
  agent: Agent,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = send(url, { method, headers, agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
      answer.once('error', reject);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
