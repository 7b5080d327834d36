import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, startDatabase } from '../../../infra/local/database/database.ts';

/**
 * The AWS services the command speaks to, as far as it does: stacks and DMS answer from a script,
 * the Data API runs its SQL on a real PostgreSQL.
 */
let folder: string;
let database: Database;
let client: pg.Client;
let server: Server;
let replication: 'ReplicationConfigArn' | 'ReplicationTaskArn';
let state: string;
let calls: string[];

const secrets = new Map([
  ['dev/pseudonym-key', 'a key of the tests, long enough to be one'],
  ['dev/database/app', JSON.stringify({ username: 'shop_app', password: 'new-app' })],
  ['dev/database/capture', JSON.stringify({ username: 'shop_capture', password: 'new-capture' })],
]);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-aws-'));
  await chmod(folder, 0o755);
  const passwords = { admin: 'admin', app: 'app', capture: 'capture' };
  database = await startDatabase({ directory: folder, port: 0, passwords, log: () => {} });
  client = new pg.Client(database.connection);
  await client.connect();
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const operation = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    try {
      response.end(await answer(request.url ?? '', operation ?? '', body));
    } catch (error) {
      response.writeHead(400, { 'x-amzn-errortype': 'DatabaseErrorException' });
      response.end(JSON.stringify({ message: String(error) }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  replication = 'ReplicationConfigArn';
  state = 'created';
  calls = [];
});

afterAll(async () => {
  server?.close();
  await client?.end();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function answer(url: string, operation: string, body: string): Promise<string> {
  if (url.startsWith('/Execute')) return await execute(JSON.parse(body));
  if (/^\/(Begin|Commit|Rollback)Transaction/.test(url)) {
    const word = url.slice(1).replace('Transaction', '').toLowerCase();
    await client.query(word);
    return JSON.stringify({ transactionId: 'one', transactionStatus: 'done' });
  }
  if (body.includes('Action=DescribeStacks')) return stack(body);
  if (operation === 'GetSecretValue') {
    return JSON.stringify({ SecretString: secrets.get(JSON.parse(body).SecretId) });
  }
  calls.push(operation);
  if (operation.startsWith('Start')) calls.push(String(Object.values(JSON.parse(body))[1]));
  if (operation.startsWith('Start')) state = 'running';
  if (operation.startsWith('Stop')) state = 'stopped';
  const statistics = [{ FullLoadRows: 40, Inserts: 3, Updates: 2, Deletes: 1 }, { Inserts: 10 }];
  return JSON.stringify({
    Replications: [{ Status: state, FailureMessages: state === 'failed' ? ['out of reach'] : [] }],
    ReplicationTasks: [{ Status: state }],
    ReplicationTableStatistics: statistics,
    TableStatistics: statistics,
  });
}

interface Execute {
  readonly sql: string;
  readonly parameters: readonly { readonly value: Record<string, unknown> }[];
}

async function execute({ sql, parameters }: Execute): Promise<string> {
  const values = parameters.map(({ value }) => (value['isNull'] ? null : Object.values(value)[0]));
  const { rows } = await client.query(sql.replaceAll(/:p(\d+)/g, '$$$1'), values);
  return JSON.stringify(rows.length === 0 ? {} : { formattedRecords: JSON.stringify(rows) });
}

function stack(body: string): string {
  const outputs = body.includes('-Capture')
    ? { [replication]: 'arn:aws:dms:us-east-1:000000000000:replication' }
    : { ClusterArn: 'arn:cluster', AdminSecretArn: 'arn:secret' };
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

const command = (...args: string[]) => run('capture', ...args);

async function run(name: 'capture' | 'db' | 'generate', ...args: string[]) {
  const script = new URL(`../../../cli/${name}.ts`, import.meta.url).pathname;
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [script, ...args, '--aws'], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, output, errors };
}

test('capture migrate --aws brings up schema and passwords of a database that was never captured', async () => {
  const { code, output, errors } = await command('migrate');
  expect(errors).toBe('migrating\n');
  expect(output).toMatch(/^Applied 0001-.*\.sql.*\.\n$/);
  expect(code).toBe(0);
  expect(calls).not.toContain('StartReplication');
  const user = { ...database.connection, user: 'shop_app', password: 'new-app' };
  const app = new pg.Client(user);
  await app.connect();
  await app.end();
  expect((await command('migrate')).output).toBe('The schema is up to date.\n');
});

test('generate and db reset --aws fill and empty it by the Data API', async () => {
  const { code, output } = await run('generate', '--products', '30', '--customers', '5');
  expect(output).toMatch(/^New in the shop of stage dev on AWS:$/m);
  expect(output).toMatch(/^products +30$/m);
  expect(code).toBe(0);
  await client.query(`insert into orders (customer_id, total, shipping_country)
    select id, 1, 'BR' from customers limit 1`);
  expect((await run('db', 'status')).output).toMatch(/^orders +1 /m);
  expect((await run('db', 'reset', '--yes')).output).toMatch(/^orders +1$/m);
  expect((await run('db', 'status')).output).toMatch(/^products +0 /m);
});

test.each([
  ['ReplicationConfigArn', 'created', 'StartReplication', 'start-replication'],
  ['ReplicationConfigArn', 'stopped', 'StartReplication', 'resume-processing'],
  ['ReplicationTaskArn', 'ready', 'StartReplicationTask', 'start-replication'],
  ['ReplicationTaskArn', 'stopped', 'StartReplicationTask', 'resume-processing'],
] as const)('capture start --aws: %s that is %s', async (arn, before, operation, type) => {
  replication = arn;
  state = before;
  const { code, output } = await command('start');
  expect(output).toBe('The capture of stage dev on AWS is running.\n');
  expect(code).toBe(0);
  expect(calls).toEqual(expect.arrayContaining([operation, type]));
});

test('capture stop --aws stops it, and lets a stopped one be', async () => {
  state = 'running';
  expect(await command('stop')).toMatchObject({ code: 0 });
  expect(calls).toContain('StopReplication');
  calls = [];
  expect(await command('stop')).toMatchObject({ code: 0 });
  expect(calls).not.toContain('StopReplication');
});

test('capture status --aws sums the tables, and tells what is wrong', async () => {
  state = 'failed';
  const { code, output } = await command('status');
  expect(output).toMatch(/^capture +stage dev on AWS: failed$/m);
  expect(output).toMatch(/^rows loaded +40$/m);
  expect(output).toMatch(/^changes +16$/m);
  expect(output).toMatch(/^last error +out of reach$/m);
  expect(output).toContain('There is no slot');
  expect(code).toBe(1);
});
