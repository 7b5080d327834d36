import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { lambdaContext } from '../../fixtures/http-event.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

let cloud: PlayedCloud;
beforeAll(async () => {
  cloud = await playCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  vi.resetModules();
  return () => vi.unstubAllEnvs();
});

function stub(variables: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

test('the clock ticks into every shard of the clickstream until its shift ends', async () => {
  stub({ ...cloud.environment, TICK_INTERVAL_MS: '200' });
  const { handler } = await import('../../../functions/clock/handler.ts');
  const startedAtMs = Date.now();
  const context = { ...lambdaContext('clock'), getRemainingTimeInMillis: () => 3_500 };
  await handler({}, context);
  expect(Date.now() - startedAtMs).toBeLessThan(2_000);

  const byShard = Map.groupBy(cloud.records('dev-clickstream'), ({ shardId }) => shardId);
  const ticks = [...byShard.values()].map((records) => records.map(({ body }) => body));
  expect(ticks).toHaveLength(2);
  for (const ofShard of ticks) {
    expect(ofShard).toHaveLength(3);
    for (const { type, at } of ofShard) {
      expect(type).toBe('tick');
      expect(at).toBeGreaterThanOrEqual(startedAtMs);
    }
  }
  expect(ticks[0]).toEqual(ticks[1]);
});

test('the clock does not start without the name of its stream', async () => {
  stub({ ...cloud.environment, CLICKSTREAM_NAME: '' });
  await expect(import('../../../functions/clock/handler.ts')).rejects.toThrow(
    /Cannot start function: .*CLICKSTREAM_NAME/,
  );
});
