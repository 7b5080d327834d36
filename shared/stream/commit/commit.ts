import { BehindError, HeldError } from '../errors.ts';
import { type Emission, type Job, panesOfJob } from '../job.ts';
import type { EngineParts } from '../parts.ts';
import { compareSequenceNumbers, type ShardId, type StreamRecord } from '../record.ts';
import type { Decoded } from '../source.ts';
import {
  type Behind,
  beforeAll,
  type Control,
  codecVersion,
  packControl,
  unpackControl,
  unpackJobRow,
} from '../state/control.ts';
import { expiryOf, windowSpanMs } from '../state/expiry.ts';
import {
  commitSk,
  controlKey,
  jobKey,
  quarantinePartition,
  sideOutputPartition,
} from '../state/layout.ts';
import { RefusedError, tolerateRefusal, type Write } from '../state-store.ts';
import { lastUseOf } from '../window.ts';
import { bear } from './birth.ts';
import type { Effects } from './effects.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { isTooLarge } from './limits.ts';
import { Slice } from './slice.ts';

export interface CommitReport {
  /** Put into the outbox by this batch, to be published at once. */
  readonly emissions: readonly Emission[];
  /** Commit times of the events that this batch counted, where known. */
  readonly committedAtMs: readonly number[];
  readonly countedEvents: number;
  readonly quarantinedRecords: number;
  readonly watermarkRose: boolean;
}

/** Where a shard stands. */
interface Position {
  /** Last record whose effect is in the state. */
  readonly sequenceNumber: string | undefined;
  /** Batches passed by: what lies between is to be read and committed first. */
  readonly behind: Behind | undefined;
  /** Without a sequence number: reading begins with the records that arrived then. */
  readonly fromMs: number | undefined;
}

const unknownOutcomesMax = 5;
/** Of a transaction refused so often somebody else makes all the progress: the batch comes again. */
const refusalsMax = 200;

/**
 * Commits batches of one shard for one job, exactly once in effect.
 *
 * ```
 * read control row ─▶ drop records up to its sequence number ─▶ classify the rest
 *        ▲              │ nothing left: done
 *        │              ▼
 *        └── refused ── one transaction: control row if its version is unchanged, a delta per pane
 *            or          and the block of identities if absent, rows of keys if theirs are
 *            unknown     unchanged, timers, side outputs, outbox
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
  readonly #ledger: Ledger<Event>;
  #control: Control | undefined;
  /** Everything before it is done, as far as is known. */
  #doneMs = beforeAll;

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
    this.#ledger = ledgerOf(job, shard, parts);
  }

  /**
   * @param decoded what the source makes of each record.
   * @param catchUp the records, of which there may be none, follow the shard's position, not only
   * what the poller brought before: they may be committed while the shard is behind, and end that
   * when they reach its mark, or the tip as it was after the position was read.
   * @param onTransaction is told what each transaction said as soon as it has happened; the report
   * tells all of it again.
   * @throws NotYetError when the shard's parents have not been read to their end, and HeldError, one
   * of its kind, when the shard is too far ahead of what holds the watermark; BehindError when
   * batches passed by before this one; any error of the store. Each time the batch is to be
   * delivered again, from its beginning.
   */
  async commit(
    records: readonly StreamRecord[],
    decoded: readonly Decoded<Event>[],
    catchUp?: { readonly atTip: boolean },
    onTransaction?: (emissions: readonly Emission[]) => void,
  ): Promise<CommitReport> {
    const emissions: Emission[] = [];
    const committedAtMs: number[] = [];
    const refused = new Map<string, string>();
    let countedEvents = 0;
    let quarantinedRecords = 0;
    let watermarkRose = false;
    let unknownOutcomes = 0;
    let refusals = 0;
    let recordsMax = records.length;
    for (;;) {
      const control = await this.#currentControl();
      if (control.behind !== undefined && !catchUp) {
        throw new BehindError(
          `Cannot commit to ${this.#job.name}: batches of ${this.#shard.shard} passed by while it was stopped`,
        );
      }
      const begin = firstAfter(records, control.sequenceNumber);
      if (begin === records.length) {
        if (catchUp?.atTip && control.behind?.toTip) await this.#reachTip(control);
        return { emissions, committedAtMs, countedEvents, quarantinedRecords, watermarkRose };
      }
      const end = Math.min(records.length, begin + recordsMax);
      const effects = await this.#ledger.begin(control, upcoming(decoded, begin, end));
      const slice = new Slice(
        this.#job,
        this.#shard,
        this.#tickSettleMs,
        control,
        effects,
        refused,
      );
      fill(slice, records, decoded, begin, end);
      if (slice.spoiled) {
        refused.set(slice.spoiled.sequenceNumber, slice.spoiled.reason);
        continue;
      }
      if (slice.lastSequenceNumber === undefined) {
        if (slice.isHeld) throw this.#held();
        throw tooLarge(this.#job, records[begin]?.sequenceNumber);
      }
      const atTip =
        catchUp?.atTip === true && slice.lastSequenceNumber === records.at(-1)?.sequenceNumber;
      const next = this.#advance(control, slice, effects, atTip);
      const writes = this.#writes(control, next, slice, effects);
      if (isTooLarge(writes)) {
        const { lastSequenceNumber } = slice;
        if (end - begin > 1) recordsMax = Math.ceil((end - begin) / 2);
        else if (refused.has(lastSequenceNumber)) throw tooLarge(this.#job, lastSequenceNumber);
        else refused.set(lastSequenceNumber, 'what follows from it is too large to be stored');
        continue;
      }
      try {
        await this.#parts.store.transact(writes);
      } catch (error) {
        this.#control = undefined;
        this.#ledger.refused();
        // Whether an unknown outcome happened is what the control row tells when it is read again.
        if (!(error instanceof RefusedError)) {
          unknownOutcomes += 1;
          if (unknownOutcomes > unknownOutcomesMax) throw error;
          await this.#parts.backOff(unknownOutcomes);
        } else {
          refusals += 1;
          if (refusals > refusalsMax) throw error;
          await this.#parts.backOff(refusals);
        }
        continue;
      }
      effects.committed(next.version);
      this.#control = next;
      emissions.push(...effects.emissions);
      onTransaction?.(effects.emissions);
      for (const atMs of slice.committedAtMs) committedAtMs.push(atMs);
      countedEvents += slice.countedEvents;
      quarantinedRecords += slice.quarantined.length;
      watermarkRose ||= next.watermarkMs > control.watermarkMs;
    }
  }

  /**
   * Notes that a batch passes by uncommitted; to be called before the batch is acknowledged, and
   * after the job's row says that it lets batches pass.
   *
   * @param lastSequenceNumber of the batch.
   */
  async skip(lastSequenceNumber: string): Promise<void> {
    const key = controlKey(this.#job, this.#shard);
    this.#control = undefined;
    for (let attempt = 1; ; attempt += 1) {
      const item = await this.#parts.store.get(key);
      // A shard without a row is born behind: the job's row sees to it.
      if (!item) return;
      const control = unpackControl(item);
      const { version, sequenceNumber, behind } = control;
      if (isAtOrBefore(lastSequenceNumber, sequenceNumber)) return;
      if (isAtOrBefore(lastSequenceNumber, behind?.through)) return;
      const mark = { through: lastSequenceNumber, toTip: behind?.toTip ?? false };
      const next = { ...control, version: version + 1, behind: mark };
      const condition = { attribute: 'version', equals: version };
      const write: Write = { key, condition, put: packControl(next) };
      if (await tolerateRefusal(() => this.#parts.store.transact([write]))) return;
      await this.#parts.backOff(attempt);
    }
  }

  /**
   * Where the shard stands, as stored; it is born if need be.
   *
   * @throws NotYetError when the shard's parents have not been read to their end.
   */
  async position(): Promise<Position> {
    this.#control = undefined;
    const { sequenceNumber, behind } = await this.#currentControl();
    const row = await this.#parts.store.get(jobKey(this.#job));
    return { sequenceNumber, behind, fromMs: row ? unpackJobRow(row).fromMs : undefined };
  }

  /** Forgets identities and panes that can no longer matter; called when the job row's done rises. */
  forget(doneMs: number): void {
    this.#ledger.forget(doneMs);
    this.#doneMs = doneMs;
    this.#control = this.#control && this.#withoutDone(this.#control);
  }

  /** A row that was sealed since it was written last still lists what is done. */
  #withoutDone(control: Control): Control {
    const job = this.#job;
    if (job.kind === 'session') return control;
    const window = panesOfJob(job);
    const open = [...control.panes].filter(([pane]) => lastUseOf(window, pane) > this.#doneMs);
    return open.length === control.panes.size ? control : { ...control, panes: new Map(open) };
  }

  async #currentControl(): Promise<Control> {
    if (this.#control) return this.#control;
    const item = await this.#parts.store.get(controlKey(this.#job, this.#shard));
    const control = item ? unpackControl(item) : await bear(this.#job, this.#shard, this.#parts);
    this.#control = this.#withoutDone(control);
    return this.#control;
  }

  /** Notes that nothing lay behind the shard's position when it was read to the tip. */
  async #reachTip(control: Control): Promise<void> {
    this.#control = undefined;
    const version = control.version + 1;
    const behind = behindAfter(control.behind, control.sequenceNumber, true);
    const write: Write = {
      key: controlKey(this.#job, this.#shard),
      condition: { attribute: 'version', equals: control.version },
      put: packControl({ ...control, version, behind }),
    };
    await tolerateRefusal(() => this.#parts.store.transact([write]));
  }

  #held(): HeldError {
    return new HeldError(
      `Cannot commit to ${this.#job.name}: ${this.#shard.shard} is far ahead of a shard or source that holds the watermark`,
    );
  }

  #advance(
    control: Control,
    slice: Slice<Event>,
    effects: Effects<Event>,
    atTip: boolean,
  ): Control {
    const version = control.version + 1;
    const panes = new Map(control.panes);
    for (const pane of effects.panes()) {
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
      behind: behindAfter(control.behind, slice.lastSequenceNumber, atTip),
    };
  }

  #writes(control: Control, next: Control, slice: Slice<Event>, effects: Effects<Event>): Write[] {
    const job = this.#job;
    const shard = this.#shard;
    const expiresAt = expiryOf(this.#parts.now() + windowSpanMs(job));
    const range = { first: slice.firstSequenceNumber ?? '', last: slice.lastSequenceNumber ?? '' };
    const writes: Write[] = [
      {
        key: controlKey(job, shard),
        condition: { attribute: 'version', equals: control.version },
        put: packControl(next),
      },
      ...effects.writes(next.version, range, expiresAt),
    ];
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
    return writes;
  }
}

/** What is left of being behind once a shard has been read up to a sequence number. */
function behindAfter(
  behind: Behind | undefined,
  sequenceNumber: string | undefined,
  atTip: boolean,
): Behind | undefined {
  if (behind === undefined) return undefined;
  const isReached = behind.through === undefined || isAtOrBefore(behind.through, sequenceNumber);
  const toTip = behind.toTip && !atTip;
  return isReached && !toTip ? undefined : { ...behind, toTip };
}

function isAtOrBefore(one: string, mark: string | undefined): boolean {
  return mark !== undefined && compareSequenceNumbers(one, mark) <= 0;
}

function tooLarge<Event>({ name }: Job<Event>, sequenceNumber: string | undefined): RangeError {
  return new RangeError(
    `Cannot commit to ${name}: a record does not fit a transaction: received ${sequenceNumber}`,
  );
}

/** Index of the first record after a sequence number, in records that lie in order. */
function firstAfter(records: readonly StreamRecord[], sequenceNumber: string | undefined): number {
  if (sequenceNumber === undefined) return 0;
  let from = 0;
  let to = records.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const record = records[middle];
    if (record && compareSequenceNumbers(record.sequenceNumber, sequenceNumber) > 0) to = middle;
    else from = middle + 1;
  }
  return from;
}

function* upcoming<Event>(
  decoded: readonly Decoded<Event>[],
  begin: number,
  end: number,
): Iterable<Decoded<Event>> {
  for (let index = begin; index < end; index += 1) {
    const one = decoded[index];
    if (one) yield one;
  }
}

function fill<Event>(
  slice: Slice<Event>,
  records: readonly StreamRecord[],
  decoded: readonly Decoded<Event>[],
  begin: number,
  end: number,
): void {
  for (let index = begin; index < end; index += 1) {
    const record = records[index];
    const one = decoded[index];
    if (!record || !one) {
      throw new RangeError(
        `Cannot commit: each record needs what was decoded from it: received ${records.length} records, ${decoded.length} decoded`,
      );
    }
    if (!slice.add(record, one)) return;
  }
}
