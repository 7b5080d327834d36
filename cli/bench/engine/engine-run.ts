import { Closer } from '../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import type { Emission, Job } from '../../../shared/stream/job.ts';
import type { EngineParts } from '../../../shared/stream/parts.ts';
import type { ShardId, StreamRecord } from '../../../shared/stream/record.ts';
import { fixedShards } from '../../../shared/stream/shard-reader.ts';
import { outboxPartition, outboxSk } from '../../../shared/stream/state/layout.ts';
import type { StateStore } from '../../../shared/stream/state-store.ts';

/** The name of a shard as Kinesis gives it. */
export function shardName(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

/** A job with a committer for each shard, on a store that waits for nothing. */
export class EngineRun<Event> {
  /** Time of a core spent closing windows so far. */
  closeMs = 0;
  readonly #job: Job<Event>;
  readonly #parts: EngineParts;
  readonly #closer: Closer<Event>;
  #said: readonly Emission[] = [];
  readonly #committers = new Map<string, ShardCommitter<Event>>();

  constructor(job: Job<Event>, shards: number, store: StateStore) {
    const names = Array.from({ length: shards }, (_, shard) => shardName(shard));
    this.#job = job;
    this.#parts = {
      store,
      shards: fixedShards(...names),
      now: () => Date.now(),
      backOff: async () => {},
    };
    this.#closer = new Closer(job, this.#parts);
  }

  /** From the records of a batch to what it commits; then, when time has moved on, what closes. */
  async take(
    from: ShardId,
    records: readonly StreamRecord[],
    afterCommit = () => {},
  ): Promise<void> {
    const source = this.#job.sources.find(({ stream }) => stream === from.stream);
    if (!source) return;
    const report = await this.#committerOf(from).commit(records, source.decode(records));
    afterCommit();
    const startedMs = cpuMs();
    await this.#clear(report.emissions);
    if (report.watermarkRose) {
      const closed = await this.#closer.advance();
      await this.#clear(closed.emissions);
      for (const committer of this.#committers.values()) committer.forget(closed.doneMs);
    }
    this.closeMs += cpuMs() - startedMs;
  }

  /** Bytes of the longest of what was said last. */
  get longestBytes(): number {
    const bytes = this.#said.map(({ data }) => Buffer.byteLength(JSON.stringify(data) ?? ''));
    return Math.max(0, ...bytes);
  }

  /** Shows what is open. */
  async preview(): Promise<void> {
    const { emissions } = await this.#closer.preview();
    await this.#clear(emissions);
  }

  /** As the relay does once it has published. */
  async #clear(emissions: readonly Emission[]): Promise<void> {
    const partition = outboxPartition(this.#job);
    const keys = emissions.map((emission) => ({ ...partition, sk: outboxSk(emission) }));
    if (keys.length === 0) return;
    this.#said = emissions;
    await this.#parts.store.remove(keys);
  }

  #committerOf(from: ShardId): ShardCommitter<Event> {
    const name = `${from.stream}/${from.shard}`;
    const known = this.#committers.get(name);
    if (known) return known;
    const committer = new ShardCommitter(this.#job, from, this.#parts);
    this.#committers.set(name, committer);
    return committer;
  }
}

/**
 * Leaves nobody's garbage to the next, and the records where they need not be moved any more. Old
 * memory is left alone: a full collection would take the hidden classes of parsed records with it,
 * and the optimised code that rests on them.
 */
export function collectYoung(): void {
  for (let time = 0; time < 2; time += 1) globalThis.gc?.({ type: 'minor' });
}

/**
 * Time that this process has had a core, its collector's threads included: on a busy machine it
 * tells what one core would do, which the clock on the wall does not.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
