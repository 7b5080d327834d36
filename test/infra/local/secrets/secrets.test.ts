import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecrets, type SecretsPlayer } from '../../../../infra/local/secrets.ts';
import type { Resource } from '../../../../infra/local/service.ts';
import { type AwsEndpoint, serveAws } from '../../../fixtures/aws-endpoint.ts';

const arnOf = (name: string) =>
  `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-local0`;

function secret(name: string, properties: object): Resource {
  return {
    stack: 'Shop-dev-Data',
    logicalId: name.replaceAll(/[^a-z]/g, ''),
    type: 'AWS::SecretsManager::Secret',
    ref: arnOf(name),
    attributes: { Id: arnOf(name), Arn: arnOf(name) },
    properties: { Name: name, ...properties },
  };
}

const app = secret('dev/database/app', {
  GenerateSecretString: {
    SecretStringTemplate: '{"username":"shop_app","dbname":"shop"}',
    GenerateStringKey: 'password',
    ExcludePunctuation: true,
    PasswordLength: 30,
  },
});
const pseudonymKey = secret('dev/pseudonym-key', {
  GenerateSecretString: { PasswordLength: '64', ExcludePunctuation: true },
});
const webhook = secret('dev/alert-webhook', { SecretString: 'unset', Description: 'Address' });
const empty = secret('dev/empty', {});
const all = [app, pseudonymKey, webhook, empty];

describe('Secrets Manager', () => {
  let directory: string;
  let file: string;
  let player: SecretsPlayer;
  let front: AwsEndpoint;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'secrets-'));
    file = join(directory, 'local/secrets.json');
    player = await createSecrets({ file, secrets: all, initial: {} });
    front = await serveAws([player]);
    client = new SecretsManagerClient(front.client);
  });
  afterEach(async () => {
    client.destroy();
    await front.close();
    await player.close();
    await rm(directory, { recursive: true });
  });

  const read = async (SecretId: string, more: object = {}) =>
    client.send(new GetSecretValueCommand({ SecretId, ...more }));
  const put = (SecretId: string, SecretString: string, ClientRequestToken?: string) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }));

  it('makes first values by the template', async () => {
    const { SecretString, VersionStages, ARN, Name } = await read('dev/database/app');
    expect(JSON.parse(SecretString ?? '')).toEqual({
      username: 'shop_app',
      dbname: 'shop',
      password: expect.stringMatching(/^[a-zA-Z0-9]{30}$/),
    });
    expect({ VersionStages, ARN, Name }).toEqual({
      VersionStages: ['AWSCURRENT'],
      ARN: arnOf('dev/database/app'),
      Name: 'dev/database/app',
    });
    expect((await read('dev/pseudonym-key')).SecretString).toMatch(/^[a-zA-Z0-9]{64}$/);
    expect((await read('dev/alert-webhook')).SecretString).toBe('unset');
    expect(player.value('dev/alert-webhook')).toBe('unset');
  });

  it('finds a secret by name, by ARN and by ARN without its random characters', async () => {
    const { SecretString } = await read('dev/pseudonym-key');
    const arn = arnOf('dev/pseudonym-key');
    expect((await read(arn)).SecretString).toBe(SecretString);
    expect((await read(arn.slice(0, -7))).SecretString).toBe(SecretString);
    await expect(read('dev/absent')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(read('dev/empty')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(() => player.value('dev/empty')).toThrow(/it holds no value yet/);
    expect(() => player.value('dev/absent')).toThrow(/^Cannot find secret/);
  });

  it('keeps values over a restart, in a file for its owner alone', async () => {
    const value = player.value('dev/pseudonym-key');
    await put('dev/alert-webhook', 'https://hooks.example/one');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await createSecrets({
      file,
      secrets: all,
      initial: { 'dev/pseudonym-key': 'other' },
    });
    expect(again.value('dev/pseudonym-key')).toBe(value);
    expect(again.value('dev/alert-webhook')).toBe('https://hooks.example/one');
    await again.close();
  });

  it('moves the value before the current one to AWSPREVIOUS', async () => {
    const first = await read('dev/alert-webhook');
    const { VersionId } = await put('dev/alert-webhook', 'two');
    const previous = await read('dev/alert-webhook', { VersionStage: 'AWSPREVIOUS' });
    expect(previous).toMatchObject({ SecretString: 'unset', VersionId: first.VersionId });
    expect((await read('dev/alert-webhook', { VersionId })).SecretString).toBe('two');
    const described = await client.send(
      new DescribeSecretCommand({ SecretId: 'dev/alert-webhook' }),
    );
    expect(described).toMatchObject({
      Description: 'Address',
      VersionIdsToStages: {
        [VersionId ?? '']: ['AWSCURRENT'],
        [first.VersionId ?? '']: ['AWSPREVIOUS'],
      },
    });
  });

  it('takes a repeated put once, and refuses its token for another value', async () => {
    const token = '11111111-2222-3333-4444-555555555555';
    await put('dev/alert-webhook', 'two', token);
    expect((await put('dev/alert-webhook', 'two', token)).VersionId).toBe(token);
    expect((await read('dev/alert-webhook', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe(
      'unset',
    );
    await expect(put('dev/alert-webhook', 'three', token)).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
  });

  it('lists secrets, also by the beginning of their names', async () => {
    const names = async (Values?: string[]) => {
      const Filters = Values && [{ Key: 'name' as const, Values }];
      const { SecretList } = await client.send(new ListSecretsCommand({ Filters }));
      return SecretList?.map(({ Name }) => Name);
    };
    expect(await names()).toHaveLength(4);
    expect(await names(['dev/data', 'dev/p'])).toEqual(['dev/database/app', 'dev/pseudonym-key']);
    const other = { Filters: [{ Key: 'tag-key' as const, Values: ['a'] }] };
    await expect(client.send(new ListSecretsCommand(other))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('keeps every one of many values that are set at once', async () => {
    const names = ['dev/empty', 'dev/alert-webhook'];
    const writes = Array.from({ length: 10 }, (_, at) =>
      names.map((name) => player.set(name, { value: at })),
    );
    await Promise.all(writes.flat());
    const again = await createSecrets({ file, secrets: all, initial: {} });
    for (const name of names) expect(again.value(name)).toBe('{"value":9}');
    expect(await readdir(join(directory, 'local'))).toEqual(['secrets.json']);
    await again.close();
  });

  it('writes nothing where the value stays the same', async () => {
    const before = await read('dev/alert-webhook');
    await player.set('dev/alert-webhook', 'unset');
    expect((await read('dev/alert-webhook')).VersionId).toBe(before.VersionId);
  });

  it('needs the action on the secret’s own ARN, however it is addressed', () => {
    const permissions = (operation: string, request: object) =>
      player.permissions({
        service: 'secretsmanager',
        operation,
        method: 'POST',
        path: '/',
        headers: {},
        body: Buffer.from(JSON.stringify(request)),
        principal: { accessKeyId: 'role', roleName: 'role' },
      });
    const action = 'secretsmanager:GetSecretValue';
    for (const SecretId of ['dev/database/app', arnOf('dev/database/app')]) {
      expect(permissions('GetSecretValue', { SecretId })).toEqual([
        { action, resource: arnOf('dev/database/app') },
      ]);
    }
    expect(permissions('GetSecretValue', { SecretId: 'dev/absent' })).toEqual([
      { action, resource: 'dev/absent' },
    ]);
    expect(permissions('ListSecrets', {})).toEqual([
      { action: 'secretsmanager:ListSecrets', resource: '*' },
    ]);
  });
});

describe('createSecrets()', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('prefers the value it is given to the template’s', async () => {
    const file = join(directory, 'secrets.json');
    const initial = { 'dev/database/app': { username: 'a', password: 'b' }, 'dev/empty': 'full' };
    const player = await createSecrets({ file, secrets: all, initial });
    expect(player.value('dev/database/app')).toBe('{"username":"a","password":"b"}');
    expect(player.value('dev/empty')).toBe('full');
    await player.close();
  });

  it('refuses a value for a secret that is not in the template', async () => {
    const options = { file: join(directory, 'secrets.json'), secrets: all, initial: { typo: 'x' } };
    await expect(createSecrets(options)).rejects.toThrow(/the template has only .*: received typo/);
  });

  it('refuses a damaged file without telling what is in it', async () => {
    const file = join(directory, 'secrets.json');
    await writeFile(file, '{"secrets":{"dev/pseudonym-key":[{"value":"hidden"');
    const failure = createSecrets({ file, secrets: all, initial: {} });
    await expect(failure).rejects.toThrow(/^Cannot read secrets: the file is damaged/);
    await expect(failure).rejects.not.toThrow(/hidden/);
    expect(await readFile(file, 'utf8')).toContain('hidden');
  });

  it('takes the rights of others away from a file that has them', async () => {
    const file = join(directory, 'secrets.json');
    await writeFile(file, '{"secrets":{}}', { mode: 0o644 });
    const player = await createSecrets({ file, secrets: [], initial: {} });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await player.close();
  });

  it('refuses a template of the value that takes no key', async () => {
    const odd = secret('dev/odd', { GenerateSecretString: { SecretStringTemplate: '[1]' } });
    const options = { file: join(directory, 'secrets.json'), secrets: [odd], initial: {} };
    await expect(createSecrets(options)).rejects.toThrow(/^Cannot generate secret dev\/odd/);
  });
});
