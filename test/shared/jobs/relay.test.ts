import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Relay } from '../../../shared/jobs/relay.ts';
import type { Emission } from '../../../shared/stream/job.ts';

const said = (id: string): Emission => ({ id, type: 't', revision: 1, entity: 'e', data: null });

it('Relay tells in order, and together what came while others were told', async () => {
  const told: string[][] = [];
  const relay = new Relay(async (emissions) => {
    await sleep(10);
    told.push(emissions.map(({ id }) => id));
  });
  relay.add([said('1')]);
  await sleep(1);
  relay.add([said('2')]);
  relay.add([]);
  relay.add([said('3'), said('4')]);
  await relay.end();
  expect(told).toEqual([['1'], ['2', '3', '4']]);
});

it('Relay tells nothing more after a failure, and says what it was', async () => {
  const told: string[] = [];
  const relay = new Relay(async (emissions) => {
    if (emissions.some(({ id }) => id === '2')) throw new Error('Cannot reach the stream');
    told.push(...emissions.map(({ id }) => id));
  });
  relay.add([said('1')]);
  await sleep(1);
  relay.add([said('2')]);
  await sleep(1);
  relay.add([said('3')]);
  await expect(relay.end()).rejects.toThrow('Cannot reach the stream');
  expect(told).toEqual(['1']);
});
