import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createKinesis } from '../../../../infra/local/kinesis/kinesis.ts';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kinesis-crash-'));
});
afterAll(() => rm(directory, { recursive: true }));

interface Acknowledged {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly text: string;
}

it('kill -9 leaves every acknowledged record in its place, in order, once', async () => {
  const acknowledged: Acknowledged[] = [];
  for (const [run, count] of [3_000, 1_500, 4_000].entries()) {
    acknowledged.push(...(await killAfter(count, run * 1_000_000)));
    await check(acknowledged);
  }
  expect(new Set(acknowledged.map(({ shardId }) => shardId)).size).toBe(3);
}, 60_000);

async function check(acknowledged: readonly Acknowledged[]): Promise<void> {
  const kinesis = await createKinesis({
    directory,
    streams: [streamResource('crash', { ShardCount: 3 })],
    consumers: [],
    now: Date.now,
    // What was cut was never acknowledged.
    warn: () => undefined,
  });
  try {
    for (const { shardId } of kinesis.shards('crash')) {
      const { records } = kinesis.read('crash', shardId, undefined, {
        limit: 1_000_000,
        bytesMax: Number.POSITIVE_INFINITY,
      });
      const numbers = records.map(({ sequenceNumber }) => sequenceNumber);
      expect(numbers).toEqual([...new Set(numbers)].sort());
      const texts = new Map(
        records.map(({ sequenceNumber, data }) => [sequenceNumber, data.toString()]),
      );
      const ofShard = acknowledged.filter((record) => record.shardId === shardId);
      const lost = ofShard.filter(({ sequenceNumber, text }) => texts.get(sequenceNumber) !== text);
      expect(lost).toEqual([]);
      expect(ofShard.length).toBeGreaterThan(0);
    }
  } finally {
    await kinesis.close();
  }
}

async function killAfter(count: number, first: number): Promise<Acknowledged[]> {
  const program = join(import.meta.dirname, 'crash-writer.ts');
  const child = spawn(process.execPath, [program, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [shardId, sequenceNumber, text] = line.split(' ');
    // The last line may have been cut by the kill.
    if (shardId === undefined || sequenceNumber === undefined || text === undefined) continue;
    acknowledged.push({ shardId, sequenceNumber, text });
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  // The kill may have cut the last line short of its dots.
  return acknowledged.slice(0, -1);
}
