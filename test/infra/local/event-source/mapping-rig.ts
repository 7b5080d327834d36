import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { FailureRecord } from '../../../../infra/local/event-source/failure-record.ts';
import {
  type EventSourceMappingOptions,
  type RunningEventSourceMapping,
  startEventSourceMapping,
} from '../../../../infra/local/event-source/start-event-source-mapping.ts';
import { type Consumer, mapping } from './consumer.ts';
import { type MemoryStream, memoryStream } from './memory-stream.ts';

/** A mapping on a stream in memory, with checkpoints in a folder of its own. */
export interface MappingRig {
  /** One open shard, `shard-0`, until a test puts another stream in its place. */
  stream: MemoryStream;
  running: RunningEventSourceMapping | undefined;
  /** What was reported to the on-failure destination. */
  readonly failures: FailureRecord[];
  readonly checkpointFile: string;
  start(
    consumer: Pick<Consumer, 'invoke'>,
    properties?: object,
    options?: Partial<EventSourceMappingOptions>,
  ): Promise<RunningEventSourceMapping>;
  remove(): Promise<void>;
}

export async function mappingRig(): Promise<MappingRig> {
  const folder = await mkdtemp(join(tmpdir(), 'event-source-'));
  const rig: MappingRig = {
    stream: memoryStream(['shard-0'], Date.now),
    running: undefined,
    failures: [],
    checkpointFile: join(folder, 'mappings', 'probe.json'),
    async start({ invoke }, properties = {}, options = {}) {
      rig.running = await startEventSourceMapping({
        mapping: mapping(properties),
        kinesis: rig.stream,
        invoke,
        onFailure: (record) => void rig.failures.push(record),
        checkpointFile: rig.checkpointFile,
        log: () => undefined,
        now: Date.now,
        pauseMsMax: 5,
        gatherMs: 0,
        ...options,
      });
      return rig.running;
    },
    async remove() {
      await rig.running?.stop(0);
      await rm(folder, { recursive: true });
    },
  };
  return rig;
}

export function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5000, interval: 5 });
}
