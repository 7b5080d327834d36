import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Targets } from '../../../functions/alert-delivery/targets.ts';
import { AwsError, type PlayedService } from '../../../infra/local/service.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

const hourMs = 3_600_000;
let fault: string | undefined;
let cloud: PlayedCloud;
let nowMs = 0;
let targets: Targets;

beforeAll(async () => {
  cloud = await playCloud((service: PlayedService) => ({
    ...service,
    handle: async (call) => {
      if (fault !== undefined) throw new AwsError(fault, 'not today');
      return await service.handle(call);
    },
  }));
});
afterAll(() => cloud.close());
beforeEach(() => {
  fault = undefined;
  targets = new Targets(cloud.secrets, cloud.webhookSecretArn, () => nowMs);
});

const two = {
  team: { form: 'slack', url: 'http://a/' },
  ops: { form: 'discord', url: 'http://b/' },
};

test.each(['unset', '{"targets":{}}', '{"targets":{"team":{"form":"slack","url":"file:///x"}}}'])(
  'names() are none where the secret holds %s',
  async (secret) => {
    await cloud.setSecret(secret);
    expect(await targets.names()).toEqual([]);
    await expect(targets.find('team')).rejects.toThrow('put one in with');
  },
);

test('names() leads no alert astray while the secret cannot be read', async () => {
  await cloud.setSecret(JSON.stringify({ targets: two }));
  fault = 'ThrottlingException';
  await expect(targets.names()).rejects.toThrow('not today');
  fault = undefined;
  expect(await targets.names()).toEqual(['team', 'ops']);
  // Those that were read before serve on.
  nowMs += hourMs;
  fault = 'ThrottlingException';
  expect(await targets.names()).toEqual(['team', 'ops']);
  expect(await targets.find('ops')).toMatchObject({ form: 'discord' });
});

test('names() are none where there is no secret, and nobody may read it', async () => {
  for (const name of ['ResourceNotFoundException', 'AccessDeniedException']) {
    fault = name;
    expect(await targets.names()).toEqual([]);
  }
});

test('find() takes default, else the first, where there is no such target', async () => {
  await cloud.setSecret(JSON.stringify({ targets: two }));
  expect(await targets.find('default')).toMatchObject({ url: 'http://a/' });
  nowMs += hourMs;
  const withDefault = { ...two, default: { form: 'webhook', url: 'http://c/' } };
  await cloud.setSecret(JSON.stringify({ targets: withDefault }));
  expect(await targets.find('gone')).toMatchObject({ url: 'http://c/' });
});

test('an address is taken as it was written, also with a line end', async () => {
  await cloud.setSecret('http://a/hook\n');
  expect(await targets.find('default')).toEqual({ form: 'slack', url: 'http://a/hook' });
});
