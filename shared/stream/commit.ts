import {
  beforeAll,
  type Control,
  codecVersion,
  newJobRow,
  noCounts,
  packControl,
  packJobRow,
  textOf,
  unpackControl,
  unpackJobRow,
} from './control.ts';
import { NotYetError } from './errors.ts';
import { expiryOf } from './expiry.ts';
import type { Emission, Job } from './job.ts';
import { paneMs } from './job.ts';
import {
  blockPartition,
  blockSk,
  commitSk,
  controlKey,
  deltaKey,
  jobKey,
  outboxPartition,
  quarantinePartition,
  sideOutputPartition,
} from './layout.ts';
import { compareSequenceNumbers, type ShardId } from './record.ts';
import { ancestorsOf, type ShardReader } from './shard-reader.ts';
import { Slice } from './slice.ts';
import type { DecodedRecord } from './source.ts';
import { RefusedError, type StateStore, tolerateRefusal, type Write } from './state-store.ts';

export interface EngineParts {
  readonly store: StateStore;
  readonly shards: ShardReader;
  /** Epoch milliseconds; used for expiry only, never to decide about a record. */
  now(): number;
}

export interface CommitReport {
  /** Put into the outbox by this batch, to be published at once. */
  readonly emissions: readonly Emission[];
  /** Commit times of the events that this batch counted, where known. */
  readonly committedAtMs: readonly number[];
  readonly countedEvents: number;
  readonly quarantinedRecords: number;
  readonly watermarkRose: boolean;
}

const unknownOutcomesMax = 5;

/**
 * Commits batches of one shard for one job, exactly once in effect.
 *
 * ```
 * read control row ─▶ drop records up to its sequence number ─▶ classify the rest
 *        ▲              │ nothing left: done
 *        │              ▼
 *        └── refused ── one transaction: control row if its version is unchanged, a delta per pane
 *            or          and the block of identities if absent, side outputs, outbox
 *            unknown
 * ```
 * A crash before the transaction leaves nothing, one after it leaves a sequence number that the
 * next delivery stops at. Of two invocations with the same records one finds the version changed,
 * reads again and has nothing left to do.
 *
 * What was read is kept between batches and used again without a read: a stale copy only makes
 * the transaction refuse.
 */
export class ShardCommitter<Event> {
  readonly #job: Job<Event>;
  readonly #shard: ShardId;
  readonly #tickSettleMs: number;
  readonly #parts: EngineParts;
  #control: Control | undefined;
  /** Identities of this shard up to a version of its control row, and of its ancestors. */
  #identities: { readonly panes: Map<string, number>; throughVersion: number } | undefined;

  constructor(job: Job<Event>, shard: ShardId, parts: EngineParts) {
    const source = job.sources.find(({ stream }) => stream === shard.stream);
    if (!source) {
      throw new RangeError(
        `Cannot commit to ${job.name}: it does not read: received ${shard.stream}`,
      );
    }
    this.#job = job;
    this.#shard = shard;
    this.#tickSettleMs = source.tickSettleMs;
    this.#parts = parts;
  }

  /**
   * @throws NotYetError when the shard's parents have not been read to their end; any error of the
   * store. Either way the batch is to be delivered again, from its beginning.
   */
  async commit(records: readonly DecodedRecord<Event>[]): Promise<CommitReport> {
    const emissions: Emission[] = [];
    const committedAtMs: number[] = [];
    let countedEvents = 0;
    let quarantinedRecords = 0;
    let watermarkRose = false;
    let unknownOutcomes = 0;
    for (;;) {
      const control = this.#control ?? (await this.#readControl());
      this.#control = control;
      const identities = await this.#identitiesUpTo(control);
      const slice = this.#classify(records, control, identities);
      if (slice.lastSequenceNumber === undefined) {
        return { emissions, committedAtMs, countedEvents, quarantinedRecords, watermarkRose };
      }
      const next = advance(control, slice);
      try {
        await this.#parts.store.transact(this.#writes(control, next, slice));
      } catch (error) {
        this.#control = undefined;
        // Whether an unknown outcome happened is what the control row tells when it is read again.
        if (!(error instanceof RefusedError) && ++unknownOutcomes > unknownOutcomesMax) throw error;
        continue;
      }
      for (const [id, pane] of slice.identities) identities.set(id, pane);
      this.#identities = { panes: identities, throughVersion: next.version };
      this.#control = next;
      emissions.push(...slice.emissions.values());
      committedAtMs.push(...slice.committedAtMs);
      countedEvents += slice.identities.size;
      quarantinedRecords += slice.quarantined.length;
      watermarkRose ||= next.watermarkMs > control.watermarkMs;
    }
  }

  /** Forgets identities and panes that can no longer matter; called when the job row's done rises. */
  forget(doneMs: number): void {
    const isDone = (pane: number): boolean => pane + paneMs(this.#job) <= doneMs;
    for (const [id, pane] of this.#identities?.panes ?? []) {
      if (isDone(pane)) this.#identities?.panes.delete(id);
    }
    if (!this.#control) return;
    const panes = [...this.#control.panes].filter(([pane]) => !isDone(pane));
    this.#control = { ...this.#control, panes: new Map(panes) };
  }

  #classify(
    records: readonly DecodedRecord<Event>[],
    control: Control,
    identities: ReadonlyMap<string, number>,
  ): Slice<Event> {
    const slice = new Slice(this.#job, this.#shard, this.#tickSettleMs, control, (id) =>
      identities.has(id),
    );
    const fence = control.sequenceNumber;
    for (const decoded of records) {
      if (fence && compareSequenceNumbers(decoded.record.sequenceNumber, fence) <= 0) continue;
      if (!slice.add(decoded)) break;
    }
    return slice;
  }

  #writes(control: Control, next: Control, slice: Slice<Event>): Write[] {
    const job = this.#job;
    const shard = this.#shard;
    const expiresAt = expiryOf(this.#parts.now());
    const writes: Write[] = [
      {
        key: controlKey(job, shard),
        condition: { attribute: 'version', equals: control.version },
        put: packControl(next),
      },
    ];
    for (const [pane, totals] of slice.deltas) {
      writes.push({
        key: deltaKey(job, pane, shard, next.version),
        condition: { absent: true },
        put: {
          codec: codecVersion,
          totals: JSON.stringify([...totals]),
          firstSequenceNumber: slice.firstSequenceNumber ?? '',
          lastSequenceNumber: slice.lastSequenceNumber ?? '',
          expiresAt,
        },
      });
    }
    if (slice.identities.size > 0) {
      writes.push({
        key: { ...blockPartition(job, shard), sk: blockSk(next.version) },
        condition: { absent: true },
        put: {
          codec: codecVersion,
          identities: JSON.stringify([...slice.identities]),
          expiresAt,
        },
      });
    }
    for (const output of ['late', 'future'] as const) {
      if (slice[output].length === 0) continue;
      writes.push({
        key: { ...sideOutputPartition(job, output), sk: commitSk(shard, next.version) },
        put: { codec: codecVersion, records: JSON.stringify(slice[output]), expiresAt },
      });
    }
    if (slice.quarantined.length > 0) {
      writes.push({
        key: { ...quarantinePartition(job), sk: commitSk(shard, next.version) },
        put: {
          codec: codecVersion,
          claimedUntilMs: 0,
          records: JSON.stringify(slice.quarantined),
        },
      });
    }
    for (const [sk, emission] of slice.emissions) {
      writes.push({
        key: { ...outboxPartition(job), sk },
        put: { codec: codecVersion, emission: JSON.stringify(emission) },
      });
    }
    return writes;
  }

  async #readControl(): Promise<Control> {
    const item = await this.#parts.store.get(controlKey(this.#job, this.#shard));
    return item ? unpackControl(item) : this.#bear();
  }

  /**
   * The control row of a shard seen for the first time. Its ancestors must have ended, or parent
   * and child would each count one copy of an event; and no seal may pass between the floor it is
   * born under and its birth.
   */
  async #bear(): Promise<Control> {
    const { store, shards } = this.#parts;
    const job = this.#job;
    const listing = await shards.list(this.#shard.stream, this.#shard.shard);
    for (const ancestor of ancestorsOf(listing, this.#shard.shard)) {
      const of = { stream: this.#shard.stream, shard: ancestor };
      const item = await store.get(controlKey(job, of));
      const read = item ? unpackControl(item).sequenceNumber : undefined;
      if (!(await shards.isReadToEnd(of.stream, of.shard, read))) {
        throw new NotYetError(
          `Cannot start shard ${this.#shard.shard} of ${of.stream} for ${job.name}: its parent ${ancestor} has records not yet counted`,
        );
      }
    }
    for (;;) {
      const row = await store.get(jobKey(job));
      if (!row) {
        await tolerateRefusal(() =>
          store.transact([
            { key: jobKey(job), condition: { absent: true }, put: packJobRow(newJobRow) },
          ]),
        );
        continue;
      }
      const { floorMs } = unpackJobRow(row);
      const control: Control = {
        version: 1,
        sequenceNumber: undefined,
        watermarkMs: beforeAll,
        sealedMs: floorMs,
        panes: new Map(),
        waiting: undefined,
        counts: noCounts,
      };
      await tolerateRefusal(() =>
        store.transact([
          {
            key: controlKey(job, this.#shard),
            condition: { absent: true },
            put: packControl(control),
          },
          { key: jobKey(job), condition: { attribute: 'floorMs', equals: floorMs } },
        ]),
      );
      const born = await store.get(controlKey(job, this.#shard));
      if (born) return unpackControl(born);
    }
  }

  /** Identities that this shard, up to this control row, and its ancestors have counted. */
  async #identitiesUpTo(control: Control): Promise<Map<string, number>> {
    const known = this.#identities ?? {
      panes: await this.#ancestralIdentities(),
      throughVersion: 0,
    };
    if (known.throughVersion < control.version) {
      await this.#readBlocks(this.#shard, control, known.throughVersion + 1, known.panes);
      known.throughVersion = control.version;
    }
    this.#identities = known;
    return known.panes;
  }

  /** A copy of an event may come by a child shard after its parent has counted the first. */
  async #ancestralIdentities(): Promise<Map<string, number>> {
    const { store, shards } = this.#parts;
    const stream = this.#shard.stream;
    const identities = new Map<string, number>();
    const listing = await shards.list(stream, this.#shard.shard);
    for (const shard of ancestorsOf(listing, this.#shard.shard)) {
      const item = await store.get(controlKey(this.#job, { stream, shard }));
      if (item) await this.#readBlocks({ stream, shard }, unpackControl(item), 0, identities);
    }
    return identities;
  }

  async #readBlocks(
    shard: ShardId,
    { panes }: Control,
    fromVersion: number,
    into: Map<string, number>,
  ): Promise<void> {
    if (panes.size === 0) return;
    const first = Math.min(...[...panes.values()].map((pane) => pane.first));
    const last = Math.max(...[...panes.values()].map((pane) => pane.last));
    if (last < fromVersion) return;
    const blocks = await this.#parts.store.query(blockPartition(this.#job, shard), {
      from: blockSk(Math.max(first, fromVersion)),
      to: blockSk(last),
    });
    for (const block of blocks) {
      const packed: [string, number][] = JSON.parse(textOf(block, 'identities'));
      for (const [id, pane] of packed) into.set(id, pane);
    }
  }
}

function advance<Event>(control: Control, slice: Slice<Event>): Control {
  const version = control.version + 1;
  const panes = new Map(control.panes);
  for (const pane of slice.panes) {
    panes.set(pane, { first: panes.get(pane)?.first ?? version, last: version });
  }
  return {
    version,
    sequenceNumber: slice.lastSequenceNumber,
    watermarkMs: slice.watermarkMs,
    sealedMs: control.sealedMs,
    panes,
    waiting: slice.waiting,
    counts: { ...slice.counts },
  };
}
