import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** How far a mapping has come in one shard. */
export interface ShardCheckpoint {
  /** The last record that is done with; undefined before the first. */
  readonly sequenceNumber: string | undefined;
  /** The shard is closed and read to its end. */
  readonly ended: boolean;
}

/** Where a mapping stands, on disk. What is on disk is never ahead of what was processed. */
export interface CheckpointFile {
  /** Records that arrived before this are not wanted; undefined: all are. */
  readonly startMs: number | undefined;
  get(shardId: string): ShardCheckpoint;
  /** Moves on to a record; never back. */
  advance(shardId: string, sequenceNumber: string): void;
  end(shardId: string): void;
  /** Forgets shards the stream does not list any more. */
  keepOnly(shardIds: readonly string[]): void;
  /** Writes what is not yet written, and writes nothing afterwards. */
  close(): Promise<void>;
}

export interface CheckpointFileOptions {
  readonly file: string;
  /** Checkpoints of another stream are worth nothing; the file then begins anew. */
  readonly streamArn: string;
  /** For a file that begins: where the mapping starts. */
  readonly startMs: number | undefined;
  readonly onWriteError: (error: unknown) => void;
}

/** Checkpoints gather this long before they are written: a kill costs at most so much redelivery. */
const gatherMs = 250;

const contents = z.object({
  version: z.literal(1),
  streamArn: z.string(),
  startMs: z.number().nullable(),
  shards: z.record(
    z.string(),
    z.object({ sequenceNumber: z.string().optional(), ended: z.boolean() }),
  ),
});

type Contents = z.output<typeof contents>;

/** Opens the file, or begins it; a new file is on disk before this returns. */
export async function openCheckpointFile(options: CheckpointFileOptions): Promise<CheckpointFile> {
  const { file, streamArn } = options;
  const found = await readContents(file);
  const known = found?.streamArn === streamArn ? found : undefined;
  const startMs = known === undefined ? options.startMs : (known.startMs ?? undefined);
  const shards = new Map<string, ShardCheckpoint>();
  for (const [shardId, { sequenceNumber, ended }] of Object.entries(known?.shards ?? {})) {
    shards.set(shardId, { sequenceNumber, ended });
  }
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let closed = false;

  function text(): string {
    const all: Contents = {
      version: 1,
      streamArn,
      startMs: startMs ?? null,
      shards: Object.fromEntries(shards),
    };
    return JSON.stringify(all);
  }

  function get(shardId: string): ShardCheckpoint {
    return shards.get(shardId) ?? { sequenceNumber: undefined, ended: false };
  }

  function set(shardId: string, checkpoint: ShardCheckpoint): void {
    // An invocation that outlives the mapping has no say any more.
    if (closed) return;
    shards.set(shardId, checkpoint);
    schedule();
  }

  function schedule(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = writing.then(write).catch((error: unknown) => {
        options.onWriteError(error);
        if (!closed) schedule();
      });
    }, gatherMs);
  }

  function write(): Promise<void> {
    return writeAtomically(file, text());
  }

  function advance(shardId: string, sequenceNumber: string): void {
    const { sequenceNumber: before, ended } = get(shardId);
    if (before !== undefined && BigInt(before) >= BigInt(sequenceNumber)) return;
    set(shardId, { sequenceNumber, ended });
  }

  function end(shardId: string): void {
    set(shardId, { ...get(shardId), ended: true });
  }

  function keepOnly(shardIds: readonly string[]): void {
    const listed = new Set(shardIds);
    for (const shardId of shards.keys()) {
      if (!listed.has(shardId)) shards.delete(shardId);
    }
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    await writing;
    await write();
  }

  await write();
  return { startMs, get, advance, end, keepOnly, close };
}

async function readContents(file: string): Promise<Contents | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return contents.parse(JSON.parse(text));
  } catch (cause) {
    const message = `Cannot read checkpoints: the file is damaged, remove it to read the stream from its start: received ${file}`;
    throw new Error(message, { cause });
  }
}

/** Whoever reads the file finds the old text or the new one, also after a power cut. */
async function writeAtomically(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.draft`;
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
