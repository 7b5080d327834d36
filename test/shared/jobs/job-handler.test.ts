import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BatchTaker, jobHandler } from '../../../shared/jobs/job-handler.ts';
import { UnreachableError } from '../../../shared/lambda/mapping-guard.ts';
import type { StreamRecord } from '../../../shared/stream/record.ts';
import { lambdaContext } from '../../fixtures/http-event.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { kinesisEvent, streamRecord } from '../../fixtures/shop-changes.ts';
import { surroundings } from './job-rig.ts';

let cloud: PlayedCloud;
beforeAll(async () => {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  cloud = await playCloud();
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await cloud.close();
});

const event = kinesisEvent('dev-shop-changes', [streamRecord('{}', '11', 0)]);

function handlerOf(takers: readonly BatchTaker[], checkMappings = async () => {}) {
  const { around } = surroundings(cloud);
  const streamOf = { 'dev-shop-changes': 'sales' };
  const handler = jobHandler({ ...around, streamOf, checkMappings }, takers);
  return (given: unknown): Promise<KinesisStreamBatchResponse | undefined> =>
    handler(given, lambdaContext('jobs'));
}

/** A taker that tells what it was given, and fails if it is to. */
function taker(fails = false) {
  const taken: (readonly StreamRecord[])[] = [];
  let sweeps = 0;
  const work = async (): Promise<void> => {
    if (fails) throw new Error('not mine');
  };
  return {
    taken,
    sweeps: () => sweeps,
    take(_from: unknown, records: readonly StreamRecord[]) {
      taken.push(records);
      return work();
    },
    sweep() {
      sweeps += 1;
      return work();
    },
  };
}

describe('jobHandler()', () => {
  it('gives every taker the same array, whichever fails, and asks for the batch again', async () => {
    const [first, failing, last] = [taker(), taker(true), taker()];
    const handle = handlerOf([first, failing, last]);
    expect(await handle(event)).toEqual({ batchItemFailures: [{ itemIdentifier: '11' }] });
    expect(last.taken).toHaveLength(1);
    expect(last.taken[0]).toBe(first.taken[0]);
    expect(await handlerOf([first, last])(event)).toEqual({ batchItemFailures: [] });
  });

  it('sweeps all, and fails if one did', async () => {
    const [failing, last] = [taker(true), taker()];
    await expect(handlerOf([failing, last])({ task: 'sweep' })).rejects.toThrow(
      'Cannot sweep every job',
    );
    expect(last.sweeps()).toBe(1);
  });

  it('asks for a batch of a stream again that no job reads', async () => {
    const one = taker();
    const other = kinesisEvent('dev-other', [streamRecord('{}', '11', 0)]);
    expect(await handlerOf([one])(other)).toEqual({
      batchItemFailures: [{ itemIdentifier: '11' }],
    });
    expect(one.taken).toEqual([]);
  });

  it('takes nothing before its mappings are found right, and looks once', async () => {
    const one = taker();
    let looks = 0;
    let isWrong = true;
    const handle = handlerOf([one], async () => {
      looks += 1;
      if (isWrong) throw new Error('ParallelizationFactor');
    });
    await expect(handle(event)).rejects.toThrow('ParallelizationFactor');
    expect(one.taken).toEqual([]);
    isWrong = false;
    await handle(event);
    await handle(event);
    expect(looks).toBe(2);
    expect(one.taken).toHaveLength(2);
  });

  it('goes on while Lambda does not answer about mappings, and asks again', async () => {
    const one = taker();
    let looks = 0;
    const handle = handlerOf([one], async () => {
      looks += 1;
      throw new UnreachableError('on fire');
    });
    await handle(event);
    await handle(event);
    expect([looks, one.taken.length]).toEqual([2, 2]);
  });
});
