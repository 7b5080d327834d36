import { type Emission, type Job, panesOfJob, type WindowedJob } from '../job.ts';
import type { ShardId } from '../record.ts';
import { type Control, codecVersion } from '../state/control.ts';
import { Identities } from '../state/identities.ts';
import { blockPartition, blockSk, deltaKey } from '../state/layout.ts';
import { Totals } from '../state/totals.ts';
import type { Write } from '../state-store.ts';
import { firstEndOf, lastEndOf, lastUseOf, type PanedWindow, startOf } from '../window.ts';
import {
  type Effects,
  effectItemsMax,
  itemBytesMax,
  keyFault,
  type Outcome,
  reasonOf,
  type SequenceRange,
  transactionBytesMax,
} from './effects.ts';
import type { KnownIdentities } from './known-identities.ts';

/** Jobs that keep identities, and perhaps totals, in panes of time. */
type PanedJob<Event> = Exclude<Job<Event>, { kind: 'session' }>;

/** Panes that a control row can list. */
const openPanesMax = 8_000;

interface Pane {
  readonly startMs: number;
  readonly sealed: boolean;
  readonly known: Identities | undefined;
  readonly fresh: Identities;
}

/** Effects of events on panes: each identity is counted once, in its pane, until that is done. */
export abstract class PanedEffects<Event> implements Effects<Event> {
  protected readonly job: PanedJob<Event>;
  protected readonly shard: ShardId;
  protected readonly control: Control;
  protected readonly panesByStart = new Map<number, Pane>();
  readonly #window: PanedWindow;
  readonly #identities: KnownIdentities<Event>;
  #last: Pane | undefined;

  constructor(
    job: PanedJob<Event>,
    shard: ShardId,
    control: Control,
    identities: KnownIdentities<Event>,
  ) {
    this.job = job;
    this.shard = shard;
    this.control = control;
    this.#window = panesOfJob(job);
    this.#identities = identities;
  }

  get emissions(): readonly Emission[] {
    return [];
  }

  take(event: Event, id: string, timeMs: number): Outcome {
    const startMs = startOf(timeMs, this.#window.paneMs, this.#window.offsetMs);
    const pane = this.#last?.startMs === startMs ? this.#last : this.#paneAt(startMs);
    if (pane === undefined) return this.#tooManyOpen();
    this.#last = pane;
    if (pane.known?.has(id) || pane.fresh.has(id)) return 'duplicate';
    if (pane.sealed) return 'late';
    const outcome = this.consider(event, timeMs, startMs);
    if (outcome === 'counted') pane.fresh.add(id);
    return outcome;
  }

  /** What follows from an event that is to be counted. */
  protected abstract consider(event: Event, timeMs: number, paneStartMs: number): Outcome;

  *panes(): Iterable<number> {
    for (const { startMs, fresh } of this.panesByStart.values()) if (fresh.size > 0) yield startMs;
  }

  writes(version: number, _range: SequenceRange, expiresAt: number): Write[] {
    const blocks = [...this.panesByStart.values()].filter(({ fresh }) => fresh.size > 0);
    if (blocks.length === 0) return [];
    const packed = new Uint8Array(blocks.reduce((bytes, { fresh }) => bytes + 8 * fresh.size, 0));
    let offset = 0;
    for (const { fresh } of blocks) {
      packed.set(fresh.pack(), offset);
      offset += 8 * fresh.size;
    }
    return [
      {
        key: { ...blockPartition(this.job, this.shard), sk: blockSk(version) },
        condition: { absent: true },
        put: {
          codec: codecVersion,
          panes: JSON.stringify(blocks.map(({ startMs, fresh }) => [startMs, fresh.size])),
          identities: packed,
          expiresAt,
        },
      },
    ];
  }

  committed(version: number): void {
    for (const { startMs, fresh } of this.panesByStart.values()) {
      if (fresh.size > 0) this.#identities.add(startMs, fresh.pack());
    }
    this.#identities.throughVersion = version;
  }

  /**
   * Where this shard's own ticks would have sealed the oldest pane another shard or source lags
   * behind, and the batch waits for it. Otherwise nothing would end the wait.
   */
  #tooManyOpen(): Outcome {
    const { panes, watermarkMs, sealedMs } = this.control;
    let oldest = Number.POSITIVE_INFINITY;
    for (const pane of panes.keys()) oldest = Math.min(oldest, pane);
    const sealMs = lastUseOf(this.#window, oldest) + this.job.allowedLatenessMs;
    if (sealedMs < sealMs && sealMs <= watermarkMs) return 'held';
    return {
      refused: `more than ${openPanesMax} stretches of time are open: bring history with its ticks`,
    };
  }

  #paneAt(startMs: number): Pane | undefined {
    const found = this.panesByStart.get(startMs);
    if (found) return found;
    const { panes, sealedMs } = this.control;
    const sealed = lastEndOf(this.#window, startMs) + this.job.allowedLatenessMs <= sealedMs;
    const isNew = !sealed && !panes.has(startMs);
    if (isNew && panes.size + this.panesByStart.size >= openPanesMax) return undefined;
    const known = this.#identities.of(startMs);
    const pane = { startMs, sealed, known, fresh: new Identities() };
    this.panesByStart.set(startMs, pane);
    return pane;
  }
}

interface Delta<Event> {
  readonly totals: Totals<Event, WindowedJob<Event>['accumulators']>;
  bytes: number;
}

/** Deltas of a windowed job: what the events add to the panes. */
export class WindowedEffects<Event> extends PanedEffects<Event> {
  readonly #job: WindowedJob<Event>;
  readonly #deltas = new Map<number, Delta<Event>>();
  readonly #bytesPerKey: number;
  readonly #bytesPerEvent: number;
  #lastStartMs: number | undefined;
  #last: Delta<Event> | undefined;
  #bytes = 0;

  constructor(
    job: WindowedJob<Event>,
    shard: ShardId,
    control: Control,
    identities: KnownIdentities<Event>,
  ) {
    super(job, shard, control, identities);
    this.#job = job;
    const accumulators = Object.values(job.accumulators);
    const growing = accumulators.filter((one) => typeof one.zero() !== 'number').length;
    this.#bytesPerKey = 8 + 12 * accumulators.length;
    this.#bytesPerEvent = 40 * growing;
  }

  protected override consider(event: Event, _timeMs: number, paneStartMs: number): Outcome {
    let key: string;
    try {
      key = this.#job.key(event);
    } catch (error) {
      return { refused: reasonOf(error) };
    }
    const fault = keyFault(key);
    if (fault !== undefined) return { refused: fault };
    const delta = this.#lastStartMs === paneStartMs ? this.#last : this.#deltaOf(paneStartMs);
    if (delta === undefined) return 'full';
    this.#lastStartMs = paneStartMs;
    this.#last = delta;
    if (delta.bytes >= itemBytesMax || this.#bytes >= transactionBytesMax) return 'full';
    const keys = delta.totals.size;
    try {
      delta.totals.add(key, event);
    } catch (error) {
      return delta.totals.isSpoiled ? { spoiledBy: reasonOf(error) } : { refused: reasonOf(error) };
    }
    const grown =
      this.#bytesPerEvent + (delta.totals.size > keys ? this.#bytesPerKey + key.length : 0);
    delta.bytes += grown;
    this.#bytes += grown;
    return 'counted';
  }

  override writes(version: number, range: SequenceRange, expiresAt: number): Write[] {
    const { sealedMs } = this.control;
    const deltas = [...this.#deltas].map(([pane, { totals }]): Write => {
      return {
        key: deltaKey(this.#job, pane, this.shard, version),
        condition: { absent: true },
        put: {
          codec: codecVersion,
          fromEndMs: firstUnsealedEnd(this.#job, pane, sealedMs),
          totals: totals.pack(),
          firstSequenceNumber: range.first,
          lastSequenceNumber: range.last,
          expiresAt,
        },
      };
    });
    return [...deltas, ...super.writes(version, range, expiresAt)];
  }

  #deltaOf(paneStartMs: number): Delta<Event> | undefined {
    const found = this.#deltas.get(paneStartMs);
    if (found) return found;
    if (this.#deltas.size >= effectItemsMax) return undefined;
    const delta = { totals: new Totals(this.#job.accumulators), bytes: 0 };
    this.#deltas.set(paneStartMs, delta);
    return delta;
  }
}

/**
 * The end of the first window of a pane that was not sealed: earlier windows have told their final
 * result, and do not take what comes now.
 */
function firstUnsealedEnd<Event>(
  { window, allowedLatenessMs }: WindowedJob<Event>,
  pane: number,
  sealedMs: number,
): number {
  let endMs = firstEndOf(window, pane);
  while (endMs + allowedLatenessMs <= sealedMs) endMs += window.slideMs;
  return endMs;
}
