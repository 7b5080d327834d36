import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { apiToken } from '../../cli/api-token.ts';
import { tokenPublicKey } from '../../infra/local/credentials.ts';
import { createSecrets, type SecretsPlayer } from '../../infra/local/secrets.ts';
import { verifyToken } from '../../shared/auth/token.ts';
import { type AwsEndpoint, serveAws } from '../fixtures/aws-endpoint.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:dev/token-key-local0';
let directory: string;
let secrets: SecretsPlayer;
let endpoint: AwsEndpoint;
let publicKey: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'token-'));
  secrets = await createSecrets({
    file: path.join(directory, 'secrets.json'),
    secrets: [
      {
        stack: 'Shop-dev-Data',
        logicalId: 'TokenKey',
        type: 'AWS::SecretsManager::Secret',
        ref: arn,
        attributes: { Id: arn, Arn: arn },
        properties: { Name: 'dev/token-key', SecretString: 'unset' },
      },
    ],
    initial: {},
  });
  endpoint = await serveAws([secrets]);
  const [apiUrl, awsUrl, controlUrl] = ['http://127.0.0.1:1', endpoint.url, 'http://127.0.0.1:1'];
  const databaseUrl = 'postgres://127.0.0.1:1/shop';
  const told = { apiUrl, awsUrl, controlUrl, databaseUrl, stage: 'dev', pid: process.pid };
  await writeFile(path.join(directory, 'endpoint.json'), JSON.stringify(told));
});

afterAll(async () => {
  await endpoint.close();
  await secrets.close();
  await rm(directory, { recursive: true });
});

async function run(...args: string[]) {
  const { SHOP_TOKEN: _, ...env } = process.env;
  const file = path.join(import.meta.dirname, '../../cli/token.ts');
  const child = spawn(process.execPath, [file, '--data', directory, ...args], { env });
  const [out, error] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, error, code: child.exitCode };
}

test('before there is a key pair the command says how to make one', async () => {
  const { out, error, code } = await run('--role', 'operator');
  expect([out, code]).toEqual(['', 1]);
  expect(error).toContain('npm run token -- --new-key');
});

test('the local cloud makes the pair once and tells the public key alone', async () => {
  publicKey = await tokenPublicKey(secrets, 'dev');
  expect(await tokenPublicKey(secrets, 'dev')).toBe(publicKey);
  expect(JSON.parse(secrets.value('dev/token-key')).publicKey).toBe(publicKey);
});

test('npm run token prints a token alone, of the role, the customer and the time asked for', async () => {
  const { out, code } = await run('--role', 'shopper', '--customer', '7', '--for', '90s');
  expect(code).toBe(0);
  const token = out.trim();
  expect(out).toBe(`${token}\n`);
  const soonMs = Date.now() + 80_000;
  expect(await verifyToken(publicKey, token, soonMs)).toMatchObject({ customerId: 7 });
  await expect(verifyToken(publicKey, token, soonMs + 11_000)).rejects.toThrow('has expired');
});

test('npm run token says which argument is wrong', async () => {
  expect((await run()).error).toContain('--role must be shopper, analyst, operator, admin');
  expect((await run('--role', 'shopper')).error).toContain('--role shopper needs --customer');
  expect((await run('--role', 'shopper', '--customer', 'x')).error).toContain('--customer must be');
});

test('npm run token -- --new-key puts a new pair into the secret and prints the public half', async () => {
  const { out, error, code } = await run('--new-key');
  expect(code).toBe(0);
  const pair = JSON.parse(secrets.value('dev/token-key'));
  expect(pair.publicKey).not.toBe(publicKey);
  expect(out + error).not.toContain(pair.privateKey);
  const token = await apiToken({ role: 'admin', data: directory });
  expect(await verifyToken(pair.publicKey, token, Date.now())).toMatchObject({ role: 'admin' });
  await expect(verifyToken(publicKey, token, Date.now())).rejects.toThrow(
    'not signed by this shop',
  );
});

test('apiToken() gives SHOP_TOKEN where it is set, unless a cloud is given', async () => {
  vi.stubEnv('SHOP_TOKEN', ' a.b.c ');
  try {
    expect(await apiToken({ role: 'operator' })).toBe('a.b.c');
    const cloud = { awsUrl: endpoint.url };
    expect(await apiToken({ role: 'operator', cloud })).toMatch(/^eyJ/);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(await readFile(path.join(directory, 'secrets.json'), 'utf8')).not.toContain('eyJ');
});
