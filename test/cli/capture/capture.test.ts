import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dmsTableMappings } from '../../../infra/constructs/dms-table-mappings.ts';
import { type Capture, startCapture } from '../../../infra/local/capture/capture.ts';
import { type Cron, startCron } from '../../../infra/local/database/cron.ts';
import { type Database, startDatabase } from '../../../infra/local/database/database.ts';
import { type Gateway, startGateway } from '../../../infra/local/gateway.ts';
import { createRoles } from '../../../infra/local/iam.ts';
import { createKinesis, type KinesisService } from '../../../infra/local/kinesis/kinesis.ts';
import type { PlayedService } from '../../../infra/local/service.ts';
import { capturedTables } from '../../../shared/shop/captured-tables.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { streamResource } from '../../fixtures/kinesis-streams.ts';
import { dmsResources } from '../../infra/local/capture/capture-rig.ts';

const pseudonymKey = 'a key of the tests, long enough to be one';
const passwords = { admin: 'admin', app: 'app', capture: 'capture' };
const secretTexts = new Map([
  ['dev/pseudonym-key', pseudonymKey],
  ['dev/database/app', JSON.stringify({ username: 'shop_app', password: 'app' })],
  ['dev/database/capture', JSON.stringify({ username: 'shop_capture', password: 'capture' })],
]);
/** The one operation of Secrets Manager that the command needs. */
const secrets: PlayedService = {
  signingName: 'secretsmanager',
  permissions: () => [],
  async handle({ body }) {
    const { SecretId } = JSON.parse(String(body));
    return { status: 200, body: JSON.stringify({ SecretString: secretTexts.get(SecretId) }) };
  },
  close: async () => {},
};

let folder: string;
let database: Database;
let kinesis: KinesisService;
let gateway: Gateway;
let cron: Cron;
let control: Server;
let capture: Capture | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-cli-'));
  await chmod(folder, 0o755);
  const log = () => {};
  database = await startDatabase({ directory: path.join(folder, 'pg'), port: 0, passwords, log });
  const client = new pg.Client(database.connection);
  await client.connect();
  await migrate(client, { pseudonymKey });
  await client.end();
  kinesis = await createKinesis({
    directory: path.join(folder, 'kinesis'),
    streams: [streamResource('dev-shop-changes')],
    consumers: [],
    now: Date.now,
  });
  gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    services: [kinesis, secrets],
    roles: createRoles([]),
    log,
  });
  cron = startCron({
    connection: database.connection,
    statement: 'select tick_clock()',
    everyMs: 200,
    log,
  });
  await begin();
  control = createServer(async ({ url, method }, response) => {
    if (method === 'POST' && url === '/local/capture/stop') await capture?.stop();
    if (method === 'POST' && url === '/local/capture/start') await begin();
    response.end(JSON.stringify(capture?.status()));
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const { port } = control.address() as AddressInfo;
  const { host, port: databasePort } = database.connection;
  await writeFile(
    path.join(folder, 'endpoint.json'),
    JSON.stringify({
      apiUrl: `http://127.0.0.1:${port}`,
      awsUrl: gateway.url,
      databaseUrl: `postgres://shop_admin:admin@${host}:${databasePort}/shop`,
      stage: 'dev',
      pid: process.pid,
      controlUrl: `http://127.0.0.1:${port}/local`,
    }),
  );
});

afterAll(async () => {
  control?.close();
  await cron?.stop();
  await capture?.stop();
  await gateway?.close();
  await kinesis?.close();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function begin(): Promise<void> {
  if (capture !== undefined && capture.status().state !== 'stopped') return;
  capture = await startCapture({
    ...dmsResources,
    replication: { ...dmsResources.replication, TableMappings: dmsTableMappings(capturedTables) },
    owner: database.connection,
    connection: { ...database.connection, user: 'shop_capture', password: 'capture' },
    kinesis: new KinesisClient({
      endpoint: gateway.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: new NodeHttpHandler(),
    }),
    streamName: 'dev-shop-changes',
    flushed: () => kinesis.flushed(),
    stateFile: path.join(folder, 'capture.json'),
    log: () => {},
  });
}

interface Answer {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

async function command(...args: string[]): Promise<Answer> {
  const script = new URL('../../../cli/capture.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...args, '--data', folder]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output, errors };
}

test('capture status tells how far the capture is', async () => {
  await capture?.drain();
  const { code, output } = await command('status');
  expect(output).toMatch(/^capture +the local cloud: streaming$/m);
  expect(output).toMatch(/^slot +shop_capture, read$/m);
  expect(output).toMatch(/^behind +[\d,]+ bytes of log$/m);
  expect(output).toMatch(/^last tick +\d\.\d s ago, in PostgreSQL$/m);
  expect(code).toBe(0);
  const { output: json } = await command('status', '--json');
  expect(JSON.parse(json)).toMatchObject({
    state: 'streaming',
    slot: { active: true },
    advice: [],
  });
});

test('capture check sends three changes through and tells how long they took', async () => {
  const { code, output } = await command('check');
  expect(output).toMatch(/^insert +\d+ ms\nupdate +\d+ ms\ndelete +\d+ ms$/m);
  expect(code).toBe(0);
});

test('capture stop and start hold and resume it; check and status say what is wrong between', async () => {
  const stopped = await command('stop');
  expect(stopped).toMatchObject({
    code: 0,
    output: 'The capture of the local cloud is stopped.\n',
  });
  const status = await command('status');
  expect(status.code).toBe(1);
  expect(status.output).toContain('The capture does not run: start it with');
  const started = await command('start');
  expect(started.code).toBe(0);
  const checked = await command('check', '--json');
  expect(JSON.parse(checked.output)).toMatchObject({ healthy: true });
});

test('capture migrate drains, stops, migrates and goes on', async () => {
  const { code, output, errors } = await command('migrate');
  expect(output).toBe('The schema is up to date.\n');
  expect(errors.trim().split('\n')).toEqual([
    'waiting until what is committed has been sent',
    'stopping the capture',
    'migrating',
    'starting the capture',
  ]);
  expect(code).toBe(0);
  expect(capture?.status().state).not.toBe('stopped');
});

test('capture explains itself for an unknown command, and says when nothing runs', async () => {
  expect(await command('begin')).toMatchObject({ code: 2 });
  await rm(path.join(folder, 'endpoint.json'));
  const { code, errors } = await command('status');
  expect(errors).toContain(
    'Cannot reach the local cloud: it does not run; start it with npm start',
  );
  expect(code).toBe(1);
});
