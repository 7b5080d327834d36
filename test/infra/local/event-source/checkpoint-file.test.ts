import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type CheckpointFile,
  openCheckpointFile,
} from '../../../../infra/local/event-source/checkpoint-file.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
  file = join(folder, 'checkpoints.json');
});
afterEach(() => rm(folder, { recursive: true }));

function open(startMs?: number): Promise<CheckpointFile> {
  return openCheckpointFile({
    file,
    streamArn: 'arn:stream',
    startMs,
    onWriteError: (error) => expect.unreachable(String(error)),
  });
}

test('openCheckpointFile() finds what was written without a close', async () => {
  const first = await open();
  first.advance('shard-0', '9');
  first.advance('shard-0', '10');
  first.end('shard-1');
  await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain('"10"'));
  const second = await open();
  expect(second.get('shard-0')).toEqual({ sequenceNumber: '10', ended: false });
  expect(second.get('shard-1')).toEqual({ sequenceNumber: undefined, ended: true });
  await first.close();
  await second.close();
});

test('openCheckpointFile() compares sequence numbers as numbers and never moves back', async () => {
  const checkpoints = await open();
  checkpoints.advance('shard-0', '10');
  checkpoints.advance('shard-0', '9');
  expect(checkpoints.get('shard-0').sequenceNumber).toBe('10');
  await checkpoints.close();
});

test('openCheckpointFile() keeps the first start', async () => {
  await (await open(1000)).close();
  const again = await open(2000);
  expect(again.startMs).toBe(1000);
  await again.close();
});

test('openCheckpointFile() forgets shards that are gone, and writes nothing once closed', async () => {
  const checkpoints = await open();
  checkpoints.advance('old', '1');
  checkpoints.advance('kept', '2');
  checkpoints.keepOnly(['kept']);
  await checkpoints.close();
  checkpoints.advance('kept', '3');
  const again = await open();
  expect(again.get('old').sequenceNumber).toBeUndefined();
  expect(again.get('kept').sequenceNumber).toBe('2');
  await again.close();
});

test('openCheckpointFile() says what to do with a damaged file', async () => {
  await writeFile(file, '{"version":1,');
  await expect(open()).rejects.toThrow(
    `Cannot read checkpoints: the file is damaged, remove it to read the stream from its start: received ${file}`,
  );
});
