import { type Job, panesOfJob } from '../job.ts';
import type { EngineParts } from '../parts.ts';
import type { ShardId } from '../record.ts';
import { ancestorsOf } from '../shard-reader.ts';
import { type Control, textOf, unpackControl } from '../state/control.ts';
import { Identities } from '../state/identities.ts';
import { blockPartition, blockSk, controlKey } from '../state/layout.ts';
import type { Item } from '../state-store.ts';
import { lastEndOf } from '../window.ts';

/**
 * Identities that a shard and its ancestors have counted, per pane that is not done. Kept between
 * batches: blocks are only added to, so what was read stays right.
 */
export class KnownIdentities<Event> {
  /** Blocks of the shard's own commits up to this version are in. */
  throughVersion = 0;
  readonly #job: Exclude<Job<Event>, { kind: 'session' }>;
  readonly #shard: ShardId;
  readonly #parts: EngineParts;
  readonly #panes = new Map<number, Identities>();
  #hasAncestral = false;

  constructor(job: Exclude<Job<Event>, { kind: 'session' }>, shard: ShardId, parts: EngineParts) {
    this.#job = job;
    this.#shard = shard;
    this.#parts = parts;
  }

  /** Identities of a pane; undefined when there are none. */
  of(paneStartMs: number): Identities | undefined {
    return this.#panes.get(paneStartMs);
  }

  /** Adds packed identities of a pane. */
  add(paneStartMs: number, packed: Uint8Array): void {
    const known = this.#panes.get(paneStartMs) ?? new Identities();
    known.addPacked(packed);
    this.#panes.set(paneStartMs, known);
  }

  /** Forgets panes that are done. */
  forget(isDone: (paneStartMs: number) => boolean): void {
    for (const pane of this.#panes.keys()) if (isDone(pane)) this.#panes.delete(pane);
  }

  /** Reads what was counted up to a control row and is not known yet. */
  async readUpTo(control: Control): Promise<void> {
    if (!this.#hasAncestral) {
      await this.#readAncestors(control.sealedMs);
      this.#hasAncestral = true;
    }
    if (this.throughVersion >= control.version) return;
    await this.#readBlocks(this.#shard, control, this.throughVersion + 1, control.sealedMs);
    this.throughVersion = control.version;
  }

  /** A copy of an event may come by a child shard after its parent has counted the first. */
  async #readAncestors(sealedMs: number): Promise<void> {
    const { store, shards } = this.#parts;
    const { stream, shard } = this.#shard;
    const listing = await shards.list(stream, shard);
    for (const ancestor of ancestorsOf(listing, shard)) {
      const from = { stream, shard: ancestor };
      const item = await store.get(controlKey(this.#job, from));
      if (item) await this.#readBlocks(from, unpackControl(item), 0, sealedMs);
    }
  }

  /** @param sealedMs of the shard that takes events: what it has sealed needs no identities. */
  async #readBlocks(
    shard: ShardId,
    control: Control,
    fromVersion: number,
    sealedMs: number,
  ): Promise<void> {
    const window = panesOfJob(this.#job);
    const open = [...control.panes].filter(
      ([pane]) => lastEndOf(window, pane) + this.#job.allowedLatenessMs > sealedMs,
    );
    if (open.length === 0) return;
    const panes = new Map(open);
    let first = Number.MAX_SAFE_INTEGER;
    let last = 0;
    for (const pane of panes.values()) {
      first = Math.min(first, pane.first);
      last = Math.max(last, pane.last);
    }
    if (last < fromVersion) return;
    const blocks = await this.#parts.store.query(blockPartition(this.#job, shard), {
      from: blockSk(Math.max(first, fromVersion)),
      to: blockSk(last),
    });
    for (const block of blocks) this.#unpack(block, panes);
  }

  #unpack(block: Item, panes: Control['panes']): void {
    const sizes: [number, number][] = JSON.parse(textOf(block, 'panes'));
    const { identities } = block.attributes;
    if (!(identities instanceof Uint8Array)) return;
    let offset = 0;
    for (const [pane, size] of sizes) {
      if (panes.has(pane)) this.add(pane, identities.subarray(offset, offset + 8 * size));
      offset += 8 * size;
    }
  }
}
