import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsError, localAccountId } from '../service.ts';
import { firstShards, type Moment } from './reshard.ts';
import type { Shard } from './shard.ts';
import { type LogLimits, ShardLog } from './shard-log.ts';
import { readStateFile, type StateFileContent, writeStateFile } from './state-file.ts';
import { Stream } from './stream.ts';
import { type ShardState, type StreamState, shardIdOf } from './stream-state.ts';
import type { SyncGroup } from './sync-group.ts';

export interface StreamsOptions {
  readonly directory: string;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly sync: SyncGroup;
  readonly logLimits: LogLimits;
  readonly enforceLimits: boolean;
}

export interface NewStream {
  readonly name: string;
  readonly mode: StreamState['mode'];
  readonly shardCount: number;
  readonly retentionHours: number;
  readonly templateShardCount?: number;
}

/** All streams, kept in one directory: what they are in a file, their records in folders. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #file: string;
  readonly #streams = new Map<string, Stream>();
  readonly #removals = new Set<Promise<void>>();
  #content: StateFileContent;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#file = join(options.directory, 'streams.json');
    this.#content = readStateFile(this.#file);
    for (const folder of this.#content.discarded) {
      rmSync(join(options.directory, folder), { recursive: true, force: true });
    }
    this.#content = { ...this.#content, discarded: [] };
    // Numbers of this run lie above those of all runs before, whatever became of their records.
    const { stampMs } = this.moment();
    this.#save(this.#content);
    for (const state of this.#content.streams) this.#open(state, stampMs);
  }

  get now(): () => number {
    return this.#options.now;
  }

  list(): Stream[] {
    return [...this.#streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Stream | undefined {
    return this.#streams.get(name);
  }

  /** @throws AwsError ResourceNotFoundException. */
  get(name: string): Stream {
    const stream = this.#streams.get(name);
    if (stream !== undefined) return stream;
    throw new AwsError(
      'ResourceNotFoundException',
      `Stream ${name} under account ${localAccountId} not found.`,
    );
  }

  /** The time, and a stamp above all that were ever drawn. It is durable with the next change. */
  moment(): Moment {
    const nowMs = this.#options.now();
    const stampMs = Math.max(nowMs, this.#content.lastStampMs + 1);
    this.#content = { ...this.#content, lastStampMs: stampMs };
    return { nowMs, stampMs };
  }

  /** @throws AwsError ResourceInUseException when there is one of that name. */
  create({ shardCount, ...stream }: NewStream): Stream {
    if (this.#streams.has(stream.name)) {
      throw new AwsError(
        'ResourceInUseException',
        `Stream ${stream.name} under account ${localAccountId} already exists.`,
      );
    }
    const moment = this.moment();
    const state: StreamState = {
      ...stream,
      // Never the folder of an earlier stream, nor one that differs in case alone.
      folder: `${stream.name}-${moment.stampMs}`,
      createdAtMs: moment.nowMs,
      nextShardIndex: shardCount,
      shards: firstShards(shardCount, moment),
      consumers: [],
    };
    this.#save({ ...this.#content, streams: [...this.#content.streams, state] });
    return this.#open(state, moment.stampMs);
  }

  /** Replaces the state of a stream, on disk first. */
  change(stream: Stream, state: StreamState): void {
    const leaving = stream.shards.filter(
      (shard) => !state.shards.some(({ index }) => index === shard.state.index),
    );
    const folders = leaving.map(({ state: { index } }) => shardFolder(state, index));
    this.#save({
      ...this.#content,
      streams: this.#content.streams.map((known) => (known.name === state.name ? state : known)),
      discarded: [...this.#content.discarded, ...folders],
    });
    stream.become(state, this.#content.lastStampMs);
    this.#remove(leaving, folders);
  }

  delete(stream: Stream): void {
    const { folder, name } = stream.state;
    this.#save({
      ...this.#content,
      streams: this.#content.streams.filter((known) => known.name !== name),
      discarded: [...this.#content.discarded, folder],
    });
    this.#streams.delete(name);
    this.#remove(stream.shards, [folder]);
  }

  /** Lets go of records beyond their retention or the size limit, and of shards long closed. */
  trim(): void {
    const nowMs = this.#options.now();
    for (const stream of this.#streams.values()) {
      const horizonMs = stream.trimHorizonMs(nowMs);
      for (const { log } of stream.shards) log.trim(horizonMs);
      const kept = stream.state.shards.filter(({ closed }) => (closed?.atMs ?? nowMs) >= horizonMs);
      if (kept.length < stream.state.shards.length) {
        this.change(stream, { ...stream.state, shards: kept });
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#removals);
    const shards = [...this.#streams.values()].flatMap((stream) => stream.shards);
    await Promise.all(shards.map(({ log }) => log.close()));
  }

  #open(state: StreamState, stampMs: number): Stream {
    const { directory, sync, logLimits: limits, enforceLimits, warn } = this.#options;
    function openLog({ index }: ShardState): ShardLog {
      const folder = join(directory, shardFolder(state, index));
      return new ShardLog({ directory: folder, shardIndex: index, limits, sync, warn });
    }
    const stream = new Stream({ state, stampMs, openLog, enforceLimits, warn });
    this.#streams.set(state.name, stream);
    return stream;
  }

  #save(content: StateFileContent): void {
    // The stamp may have been drawn after the content was made.
    const { lastStampMs } = this.#content;
    const saved = { ...content, lastStampMs };
    writeStateFile(this.#file, saved);
    this.#content = saved;
  }

  /** What is not removed now is at the next start. */
  #remove(shards: readonly Shard[], folders: readonly string[]): void {
    if (folders.length === 0) return;
    const removal = this.#removeFolders(shards, folders).catch((error: unknown) => {
      this.#options.warn(`cannot remove ${folders.join(', ')} yet: ${error}`);
    });
    this.#removals.add(removal);
    removal.finally(() => this.#removals.delete(removal));
  }

  async #removeFolders(shards: readonly Shard[], folders: readonly string[]): Promise<void> {
    await Promise.all(shards.map(({ log }) => log.discard()));
    for (const folder of folders) {
      await rm(join(this.#options.directory, folder), { recursive: true, force: true });
    }
    const left = this.#content.discarded.filter((folder) => !folders.includes(folder));
    this.#save({ ...this.#content, discarded: left });
  }
}

function shardFolder({ folder }: StreamState, index: number): string {
  return join(folder, shardIdOf(index));
}
