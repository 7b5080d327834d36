import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type RunningEventSourceMapping,
  startEventSourceMapping,
} from '../../../../infra/local/event-source/start-event-source-mapping.ts';
import { createKinesis, type KinesisService } from '../../../../infra/local/kinesis/kinesis.ts';
import {
  createFunctionHost,
  type FunctionHost,
} from '../../../../infra/local/lambda/function-host.ts';
import { functionSpec } from '../../../../infra/local/lambda/function-spec.ts';
import type { Resource } from '../../../../infra/local/service.ts';
import { awsCall } from '../../../fixtures/aws-call.ts';
import { mapping } from './consumer.ts';

/** Notes what it accepts, before anything else can happen; fails half of each second batch, and crashes at each fifth. */
const source = `
  import { appendFileSync } from 'node:fs';
  let batches = 0;
  export async function handler({ Records: records }) {
    batches += 1;
    if (batches % 5 === 0) process.exit(1);
    const failed = batches % 2 === 0 ? Math.floor(records.length / 2) : records.length;
    for (const { eventID, kinesis } of records.slice(0, failed)) {
      const line = eventID.split(':')[0] + ' ' + Buffer.from(kinesis.data, 'base64');
      appendFileSync(import.meta.dirname + '/accepted.txt', line + '\\n');
    }
    const rest = records.slice(failed).map(({ kinesis }) => ({ itemIdentifier: kinesis.sequenceNumber }));
    return { batchItemFailures: rest };
  }
`;

let folder: string;
let kinesis: KinesisService;
let host: FunctionHost;
let running: RunningEventSourceMapping;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mapping-'));
  await writeFile(join(folder, 'accepted.txt'), '');
  await build({
    stdin: { contents: source, loader: 'js', resolveDir: folder },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(folder, 'index.mjs'),
  });
  await open();
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true });
});

async function open(): Promise<void> {
  kinesis = await createKinesis({
    directory: join(folder, 'kinesis'),
    streams: [resource('AWS::Kinesis::Stream', 'dev-changes', { ShardCount: 2 })],
    consumers: [],
    now: Date.now,
  });
  const properties = { Handler: 'index.handler', Runtime: 'nodejs24.x' };
  const surroundings = {
    bundleFolder: folder,
    endpointUrl: 'http://127.0.0.1:1',
    accessKeyId: 'key',
    secretAccessKey: 'secret',
  };
  host = createFunctionHost({
    functions: [
      functionSpec(resource('AWS::Lambda::Function', 'dev-probe', properties), surroundings),
    ],
    log: () => undefined,
  });
  running = await startEventSourceMapping({
    mapping: mapping({ BatchSize: 10, BisectBatchOnFunctionError: true }),
    kinesis,
    invoke: host.invoke,
    onFailure: () => expect.unreachable('retries have no end'),
    checkpointFile: join(folder, 'checkpoints.json'),
    log: () => undefined,
    now: Date.now,
    pauseMsMax: 5,
    gatherMs: 0,
  });
}

async function close(): Promise<void> {
  await running.stop();
  await host.close();
  await kinesis.close();
}

function resource(type: string, ref: string, properties: object): Resource {
  const attributes = { Arn: `arn:aws:any:us-east-1:000000000000:${ref}` };
  return { stack: 'App', logicalId: ref, type, ref, attributes, properties };
}

async function call(operation: string, body: object): Promise<void> {
  await kinesis.handle(awsCall('kinesis', operation, { StreamName: 'dev-changes', ...body }));
}

async function put(from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) {
    const Data = Buffer.from(String(n)).toString('base64');
    await call('PutRecord', { Data, PartitionKey: `key-${n % 7}` });
  }
}

function accepted(): string[] {
  return readFileSync(join(folder, 'accepted.txt'), 'utf8').trimEnd().split('\n');
}

function numbersOf(shardId: string): number[] {
  const lines = accepted().filter((line) => line.startsWith(`${shardId} `));
  return lines.map((line) => Number(line.split(' ')[1]));
}

test('a mapping brings every record of the local Kinesis to a crashing function in order, over a merge and a restart', async () => {
  await put(1, 60);
  await vi.waitFor(() => expect(accepted().length).toBeGreaterThan(20), 10_000);
  await close();
  await open();
  await call('MergeShards', {
    ShardToMerge: 'shardId-000000000000',
    AdjacentShardToMerge: 'shardId-000000000001',
  });
  await put(61, 100);
  const all = Array.from({ length: 100 }, (_, index) => index + 1);
  await vi.waitFor(() => {
    const seen = new Set(accepted().map((line) => Number(line.split(' ')[1])));
    expect([...seen].sort((one, other) => one - other)).toEqual(all);
  }, 15_000);
  const shardIds = [0, 1, 2].map((index) => `shardId-00000000000${index}`);
  for (const shardId of shardIds) {
    const firsts = [...new Set(numbersOf(shardId))];
    expect(firsts.length).toBeGreaterThan(0);
    expect(firsts).toEqual(firsts.toSorted((one, other) => one - other));
  }
  expect(new Set(numbersOf('shardId-000000000002'))).toEqual(new Set(all.slice(60)));
  const states = running.status().shards.map(({ shardId, state }) => [shardId, state]);
  expect(states).toContainEqual(['shardId-000000000000', 'ended']);
});
