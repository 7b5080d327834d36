import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AlertsCall, alertCommands } from '../../../cli/alerts/commands.ts';
import { type AlertsParts, alertsParts } from '../../../functions/insights-api/alerts/parts.ts';
import { newTokenKeyPair, signToken } from '../../../shared/auth/token.ts';
import { fullAlert } from '../../fixtures/alerts.ts';
import { httpClient } from '../../fixtures/http-client.ts';
import { getEvent } from '../../fixtures/http-event.ts';
import { testInsights } from '../../fixtures/insights.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

const nowMs = getEvent('/').requestContext.timeEpoch;
const id = 'shared-card|9f2c|41';
let cloud: PlayedCloud;
let alerts: AlertsParts;
let call: AlertsCall;

beforeAll(async () => {
  cloud = await playCloud();
  alerts = alertsParts(cloud.dynamo, 'dev-alerts');
  await alerts.log.begin(id, fullAlert, ['team'], nowMs);
  await giveUp(id, nowMs);
  const keys = await newTokenKeyPair();
  const life = { nowMs, lifetimeMs: 60_000 };
  const { token } = await signToken(keys, { role: 'operator' }, life);
  const handler = testInsights({ alerts, tokenPublicKey: keys.publicKey });
  const ask = httpClient(handler, 'insights-api');
  call = async (method, path, body) => {
    const reply = await ask(method, `/${path}`, { token, body });
    if ((reply.status ?? 500) >= 400) throw new Error(`answered ${reply.status}`);
    return reply.body;
  };
});
afterAll(() => cloud.close());

async function giveUp(lead: string, givenUpAt: number): Promise<void> {
  const group = { kind: 'shared-card', severity: 'critical', count: 1 } as const;
  await alerts.undelivered.put({
    target: 'team',
    entity: 'card|9f2c',
    message: { ...group, id: lead, lead, others: [], sinceMs: givenUpAt },
    reason: 'the receiver answered 410 gone',
    attempts: 150,
    givenUpAt,
  });
}

async function run(name: string, about?: string, options: Record<string, string | boolean> = {}) {
  const command = alertCommands[name];
  if (!command) throw new Error(`no command ${name}`);
  return (
    await command({ call: (...asked) => call(...asked), id: about, options, nowMs })
  ).lines.join('\n');
}

test('list tells what came, what became of it and why', async () => {
  const listed = await run('list', undefined, { day: '2026-03-01', severity: 'critical' });
  expect(listed).toContain('2026-03-01 12:34:56');
  expect(listed).toMatch(/critical +pending +shared-card +card\|9f2c .*shared-card\|9f2c\|41/);
  expect(await run('list', undefined, { day: '2026-03-02' })).toBe('No such alert that day.');
});

test('show tells what, why, how sure, which window, and what operators did', async () => {
  await run('ack', id);
  await run('snooze', id, { for: '2h' });
  const shown = await run('show', id);
  for (const words of [
    fullAlert.reason,
    '83 %: share of such alerts that were confirmed',
    '2026-03-01T11:35:00.000Z to 2026-03-01T12:35:00.000Z',
    'BR, before: DE',
    'operator since',
    `operator until ${new Date(nowMs + 7_200_000).toISOString()}`,
  ]) {
    expect(shown).toContain(words);
  }
  await expect(run('show')).rejects.toThrow('give its id');
  await expect(run('snooze', id)).rejects.toThrow('say --for 2h');
});

test('mute, mutes and unmute', async () => {
  const muted = await run('mute', undefined, {
    kind: 'order-burst',
    entity: 'customer|7',
    for: '2h',
  });
  expect(muted).toContain('order-burst about customer|7 until');
  expect(await run('mutes')).toBe(muted);
  await run('unmute', muted.split(' ')[0]);
  expect(await run('mutes')).toBe('Nothing is muted.');
});

test('dead lists what was given up, and replay sends it again', async () => {
  expect(await run('dead')).toContain('after 150 attempts: the receiver answered 410 gone');
  expect(await run('replay', undefined, { all: true })).toBe('1 go out within a minute.');
  expect(await run('dead')).toBe('Every message reached its target.');
});

test('dead and replay --all go over more messages than a page holds', async () => {
  for (let each = 0; each < 205; each += 1)
    await giveUp(`shared-card|9f2c|dead-${each}`, nowMs + each);
  const lines = (await run('dead')).split('\n');
  expect(lines).toHaveLength(205);
  expect(lines[0]).toContain('dead-204 ');
  expect(await run('replay', undefined, { all: true })).toBe('205 go out within a minute.');
  expect(await run('dead')).toBe('Every message reached its target.');
});
