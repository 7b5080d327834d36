import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { captureStatus } from '../../infra/local/capture/status.ts';
import { localClient } from '../local-client.ts';
import { readLocalEndpoint } from '../local-endpoint.ts';
import { localDatabase } from '../shop-database.ts';
import type { CaptureReport, CaptureTarget } from './target.ts';

/** The capture of the local cloud that runs on this machine. */
export async function localTarget(
  dataDirectory: string,
  wanted?: string | undefined,
): Promise<CaptureTarget> {
  const { awsUrl, databaseUrl, controlUrl, stage } = await readLocalEndpoint(dataDirectory, wanted);
  const client = {
    ...localClient(awsUrl),
    requestHandler: new NodeHttpHandler(),
  };
  const database = await localDatabase(databaseUrl);

  async function control(method: 'GET' | 'POST', place: string): Promise<unknown> {
    const response = await fetch(new URL(`${controlUrl.replace(/\/$/, '')}/${place}`), { method });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(
        `Cannot ask the local capture: it answers ${response.status}: received ${text}`,
      );
    }
    return text === '' ? undefined : JSON.parse(text);
  }

  return {
    name: 'the local cloud',
    stage,
    kinesis: new KinesisClient(client),
    secrets: new SecretsManagerClient(client),
    sql: database,
    patienceMs: 10_000,
    readEveryMs: 25,
    pollEveryMs: 200,
    async report(): Promise<CaptureReport> {
      const status = captureStatus.parse(await control('GET', 'capture'));
      return {
        state: status.state,
        running: status.state !== 'stopped' && status.state !== 'failed',
        rowsLoaded: status.rowsLoaded,
        changes: status.changesPut + status.ticksPut,
        lastTickMs: status.lastTickMs ?? undefined,
        lastError: status.lastError ?? undefined,
      };
    },
    async start() {
      await control('POST', 'capture/start');
    },
    async stop() {
      await control('POST', 'capture/stop');
    },
    async close() {
      await database.end();
    },
  };
}
