import { type Job, type KeyedJob, panesOfJob, type SessionJob } from '../job.ts';
import type { EngineParts } from '../parts.ts';
import type { ShardId } from '../record.ts';
import type { Decoded } from '../source.ts';
import { beforeAll, type Control, unpackJobRow } from '../state/control.ts';
import { jobKey } from '../state/layout.ts';
import { Rows } from '../state/rows.ts';
import type { SessionState } from '../state/sessions.ts';
import { lastEndOf } from '../window.ts';
import { type Effects, effectItemsMax, keysFault } from './effects.ts';
import { KeyedEffects, type Memory } from './keyed-effects.ts';
import { KnownIdentities } from './known-identities.ts';
import { WindowedEffects } from './paned-effects.ts';
import { RuleEffects } from './rule-effects.ts';
import { SessionEffects } from './session-effects.ts';

/** What a shard's committer keeps between batches beside the control row, and reads before each. */
export interface Ledger<Event> {
  /** Reads what the next events need and begins their effects. */
  begin(control: Control, upcoming: Iterable<Decoded<Event>>): Promise<Effects<Event>>;
  /** The transaction did not happen: what it was built on may have changed. */
  refused(): void;
  /** Panes that ended by then are done. */
  forget(doneMs: number): void;
}

/** The ledger that a job's kind needs. */
export function ledgerOf<Event>(
  job: Job<Event>,
  shard: ShardId,
  parts: EngineParts,
): Ledger<Event> {
  switch (job.kind) {
    case 'session':
      return new SessionLedger(job, parts);
    case 'keyed':
      return new KeyedLedger(job, shard, parts);
    case 'rule':
      return new PanedLedger(job, shard, parts, (control, identities) => {
        return new RuleEffects(job, shard, control, identities);
      });
    case 'windowed':
      return new PanedLedger(job, shard, parts, (control, identities) => {
        return new WindowedEffects(job, shard, control, identities);
      });
  }
}

class PanedLedger<Event> implements Ledger<Event> {
  readonly #job: Exclude<Job<Event>, { kind: 'session' }>;
  readonly #identities: KnownIdentities<Event>;
  readonly #effects: (control: Control, identities: KnownIdentities<Event>) => Effects<Event>;

  constructor(
    job: Exclude<Job<Event>, { kind: 'session' }>,
    shard: ShardId,
    parts: EngineParts,
    effects: (control: Control, identities: KnownIdentities<Event>) => Effects<Event>,
  ) {
    this.#job = job;
    this.#identities = new KnownIdentities(job, shard, parts);
    this.#effects = effects;
  }

  async begin(control: Control): Promise<Effects<Event>> {
    await this.#identities.readUpTo(control);
    return this.#effects(control, this.#identities);
  }

  refused(): void {
    // Blocks of identities are only added to: what was read stays right.
  }

  forget(doneMs: number): void {
    const window = panesOfJob(this.#job);
    this.#identities.forget((pane) => lastEndOf(window, pane) <= doneMs);
  }
}

class KeyedLedger<Event> implements Ledger<Event> {
  readonly #job: KeyedJob<Event>;
  readonly #shard: ShardId;
  readonly #identities: KnownIdentities<Event>;
  readonly #rows: Rows<Memory>;
  #keys: string[] = [];

  constructor(job: KeyedJob<Event>, shard: ShardId, parts: EngineParts) {
    this.#job = job;
    this.#shard = shard;
    this.#identities = new KnownIdentities(job, shard, parts);
    this.#rows = new Rows(job, parts);
  }

  async begin(control: Control, upcoming: Iterable<Decoded<Event>>): Promise<Effects<Event>> {
    this.#keys = keysOf(this.#job, upcoming);
    await this.#identities.readUpTo(control);
    const read = await this.#rows.read(this.#keys);
    return new KeyedEffects(this.#job, this.#shard, control, this.#identities, this.#rows, read);
  }

  refused(): void {
    this.#rows.drop(this.#keys);
  }

  forget(doneMs: number): void {
    const window = panesOfJob(this.#job);
    this.#identities.forget((pane) => lastEndOf(window, pane) <= doneMs);
  }
}

class SessionLedger<Event> implements Ledger<Event> {
  readonly #job: SessionJob<Event>;
  readonly #parts: EngineParts;
  readonly #rows: Rows<SessionState>;
  #keys: string[] = [];

  constructor(job: SessionJob<Event>, parts: EngineParts) {
    this.#job = job;
    this.#parts = parts;
    this.#rows = new Rows(job, parts);
  }

  async begin(_control: Control, upcoming: Iterable<Decoded<Event>>): Promise<Effects<Event>> {
    this.#keys = keysOf(this.#job, upcoming);
    const row = await this.#parts.store.get(jobKey(this.#job));
    const floorMs = row ? unpackJobRow(row).floorMs : beforeAll;
    const read = await this.#rows.read(this.#keys);
    return new SessionEffects(this.#job, this.#rows, read, floorMs, this.#parts.now);
  }

  refused(): void {
    this.#rows.drop(this.#keys);
  }

  forget(): void {
    // Identities lie in the rows, which go when their sessions do.
  }
}

/** Keys of the next events, as many as one transaction can change; of an event all or none. */
function keysOf<Event>(
  job: KeyedJob<Event> | SessionJob<Event>,
  upcoming: Iterable<Decoded<Event>>,
): string[] {
  const keys = new Set<string>();
  for (const decoded of upcoming) {
    if (decoded.kind !== 'event') continue;
    const more = keysOfEvent(job, decoded.event).filter((key) => !keys.has(key));
    if (more.length === 0) continue;
    if (keys.size + more.length > effectItemsMax) break;
    for (const key of more) keys.add(key);
  }
  return [...keys];
}

/** None where there is a fault with them, which the effects will find out again. */
function keysOfEvent<Event>(
  job: KeyedJob<Event> | SessionJob<Event>,
  event: Event,
): readonly string[] {
  try {
    const keys = job.kind === 'keyed' ? job.keys(event) : [job.key(event)];
    return keysFault(keys) === undefined ? keys : [];
  } catch {
    return [];
  }
}
