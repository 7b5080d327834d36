import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fault } from '../../../../infra/local/event-source/faults.ts';
import { startEventSourceMapping } from '../../../../infra/local/event-source/start-event-source-mapping.ts';
import type { InvocationResult } from '../../../../infra/local/lambda/invocation-result.ts';
import { type Consumer, consumer, failedAt, mapping, success, thrown } from './consumer.ts';
import { type MemoryStream, memoryStream } from './memory-stream.ts';

type Mishap = 'none' | 'throw' | 'throttle' | 'partial' | 'malformed' | 'kill' | 'stop';

/** How a poller ends in the middle of a failing batch: at once, or in good order. */
type End = 'kill' | 'stop';

interface Scenario {
  /** What happens at each invocation; afterwards everything goes well. */
  readonly mishaps: readonly Mishap[];
  readonly faults: readonly (Fault | undefined)[];
  readonly puts: readonly number[];
  readonly batchSize: number;
  readonly bisect: boolean;
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  mishaps: fc.array(
    fc.constantFrom<Mishap>('none', 'throw', 'throttle', 'partial', 'malformed', 'kill', 'stop'),
    { maxLength: 25 },
  ),
  faults: fc.array(
    fc.constantFrom<Fault | undefined>(
      undefined,
      'duplicate',
      'zombie',
      'shifted',
      'old-checkpoint',
    ),
    { maxLength: 8 },
  ),
  puts: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 8 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
  bisect: fc.boolean(),
});

/** Records a shard's function has accepted, and the accepted ones that came before their turn. */
interface Ledger {
  readonly accepted: Map<string, number>;
  readonly skips: string[];
}

test('every record is delivered at least once, in the order of its shard, none skipped, whatever goes wrong', async () => {
  await fc.assert(fc.asyncProperty(scenarios, play), { numRuns: 60 });
}, 120_000);

async function play(scenario: Scenario): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'delivery-'));
  try {
    const stream = memoryStream(['a', 'b'], Date.now);
    const ledger: Ledger = { accepted: new Map(), skips: [] };
    const mishaps = [...scenario.mishaps];
    const ends: End[] = [];
    const probe = unreliableConsumer(stream, ledger, mishaps, ends);
    const faults = [...scenario.faults];
    const feeding = feed(stream, scenario.puts);
    const checkpointFile = join(folder, 'checkpoints.json');
    await runUntilAllAccepted(stream, ledger, async () => {
      const running = await startEventSourceMapping({
        mapping: mapping({
          BatchSize: scenario.batchSize,
          BisectBatchOnFunctionError: scenario.bisect,
        }),
        kinesis: stream,
        invoke: probe.invoke,
        onFailure: () => expect.unreachable('retries have no end'),
        checkpointFile,
        log: () => undefined,
        now: Date.now,
        pauseMsMax: 1,
        gatherMs: 0,
        nextFault: () => faults.shift(),
      });
      while (ends.length === 0 && !allAccepted(stream, ledger)) await sleep(1);
      // What kill -9 leaves: the file as it was, whatever was on its way to it.
      const left = join(folder, 'left-behind.json');
      await copyFile(checkpointFile, left);
      await running.stop(0);
      if (ends.splice(0).includes('kill')) await copyFile(left, checkpointFile);
    });
    await feeding;
    expect(ledger.skips).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Records in both shards, then a merge and records in the child. */
async function feed(stream: MemoryStream, puts: readonly number[]): Promise<void> {
  let n = 0;
  const some = (count: number) => Array.from({ length: count }, () => String(n++));
  for (const count of puts.slice(2)) {
    stream.put(count % 2 === 0 ? 'a' : 'b', ...some(count));
    await sleep(1);
  }
  stream.reshard(['a', 'b'], 'child');
  stream.put('child', ...some((puts[0] ?? 0) + (puts[1] ?? 0) + 1));
}

function allAccepted(stream: MemoryStream, { accepted }: Ledger): boolean {
  const shards = ['a', 'b', 'child'].filter((id) => id !== 'child' || isResharded(stream));
  return (
    isResharded(stream) &&
    shards.every((shardId) => (accepted.get(shardId) ?? 0) === stream.records(shardId).length)
  );
}

function isResharded(stream: MemoryStream): boolean {
  return [stream.shards('')]
    .flat()
    .some((shard) => 'shardId' in shard && shard.shardId === 'child');
}

async function runUntilAllAccepted(
  stream: MemoryStream,
  ledger: Ledger,
  run: () => Promise<void>,
): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!allAccepted(stream, ledger)) {
    if (Date.now() > giveUpAt) expect.unreachable('records are missing');
    await run();
  }
}

function unreliableConsumer(
  stream: MemoryStream,
  ledger: Ledger,
  mishaps: Mishap[],
  ends: End[],
): Consumer {
  return consumer((seen): InvocationResult => {
    const { shardId, sequenceNumbers } = seen;
    const mishap = mishaps.shift() ?? 'none';
    if (mishap === 'throttle') return { ...thrown(), throttled: true };
    if (mishap === 'kill' || mishap === 'stop') ends.push(mishap);
    if (mishap === 'throw' || mishap === 'kill' || mishap === 'stop') return thrown();
    if (mishap === 'malformed') return failedAt('no such record');
    const failed = mishap === 'partial' ? Math.floor(sequenceNumbers.length / 2) : undefined;
    accept(stream, ledger, shardId, sequenceNumbers.slice(0, failed));
    return failed === undefined ? success() : failedAt(sequenceNumbers[failed]);
  });
}

function accept(
  stream: MemoryStream,
  ledger: Ledger,
  shardId: string,
  sequenceNumbers: readonly string[],
): void {
  const all = stream.records(shardId).map(({ sequenceNumber }) => sequenceNumber);
  const before = ledger.accepted.get(shardId) ?? 0;
  const first = all.indexOf(sequenceNumbers[0] ?? '');
  const contiguous = sequenceNumbers.every((number, index) => all[first + index] === number);
  if (!contiguous || first > before) {
    ledger.skips.push(`${shardId}: ${sequenceNumbers[0]} came before its turn`);
  }
  if (shardId === 'child') {
    for (const parent of ['a', 'b']) {
      if ((ledger.accepted.get(parent) ?? 0) < stream.records(parent).length) {
        ledger.skips.push(`child came before the end of ${parent}`);
      }
    }
  }
  ledger.accepted.set(shardId, Math.max(before, first + sequenceNumbers.length));
}
