import { type CloseReport, Closer } from '../stream/close/close.ts';
import { type CommitReport, ShardCommitter } from '../stream/commit/commit.ts';
import { BehindError, HeldError, NotYetError } from '../stream/errors.ts';
import type { Job } from '../stream/job.ts';
import type { EngineParts } from '../stream/parts.ts';
import { compareSequenceNumbers, type ShardId, type StreamRecord } from '../stream/record.ts';
import { ancestorsOf } from '../stream/shard-reader.ts';
import type { Source } from '../stream/source.ts';
import { type JobRow, newJobRow } from '../stream/state/control.ts';
import { letBatchesPass, readJobRow, setJobStatus } from '../stream/state/operate.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type CaughtUp, catchUp } from './catch-up.ts';
import type { DeadLetterQueue } from './dead-letters.ts';
import { drainQuarantine } from './drain-quarantine.ts';
import { FailureCount, type Patience } from './failure-count.ts';
import { JobHealth } from './job-health.ts';
import type { Outlet } from './outlet.ts';
import { Relay } from './relay.ts';
import { shardsOfRun } from './run-shards.ts';

/** What a job needs around it to run in a function. */
export interface JobSurroundings extends EngineParts {
  readonly publisher: Outlet;
  readonly telemetry: Telemetry;
  readonly deadLetters: DeadLetterQueue;
  readonly patience: Patience;
  sleep(milliseconds: number): Promise<void>;
}

/** How a run takes part in a function. */
interface RunnerOptions {
  /** Called after results have changed. */
  readonly onResults?: () => Promise<void>;
  /**
   * Where its emissions go instead of to the outside. Such a run shows no health, sends no dead
   * letters, and what it fails at never makes a batch come again.
   */
  readonly shadow?: Outlet;
}

/** Long enough to see a person's command soon, short enough to cost next to nothing. */
const statusEveryMs = 1_000;
/** A batch waits so long until it may show itself: the other jobs of the function wait with it. */
const previewWaitMaxMs = 100;
/** A batch waits so long for a job to catch up; the rest of its way it goes with later ones. */
const batchCatchUpMs = 1_500;
const shadowCatchUpMs = 250;
const sweepCatchUpMs = 20_000;

/**
 * Runs one generation of one job in a function: commits batches, publishes what they say, tells
 * results, writes its health. One runner serves all shards that come to this instance, one batch
 * at a time. Stopped or parked it lets batches pass, noting where; started again, it reads what
 * passed before it takes the next.
 */
export class JobRunner<Event> {
  readonly job: Job<Event>;
  readonly #around: JobSurroundings;
  readonly #parts: EngineParts;
  readonly #outlet: Outlet;
  readonly #isShadow: boolean;
  readonly #committers = new Map<string, ShardCommitter<Event>>();
  readonly #closer: Closer<Event>;
  readonly #onResults: () => Promise<void>;
  readonly #health: JobHealth;
  readonly #failures: FailureCount;
  /** Batches that had to wait for the parents of their shard. */
  readonly #waits: FailureCount;
  #row: JobRow = newJobRow;
  #rowAtMs = Number.NEGATIVE_INFINITY;
  #toldAtMs = 0;
  /** There are events that no preview has shown: the next batch shows them, or the next tick. */
  #isPreviewOwed = false;
  /** A batch was committed and what follows from it failed. */
  #isOwing = false;

  constructor(job: Job<Event>, around: JobSurroundings, options: RunnerOptions = {}) {
    const { store, now, backOff } = around;
    const shards = shardsOfRun(around.shards, () => this.#row);
    this.job = job;
    this.#around = around;
    this.#parts = { store, shards, now, backOff };
    this.#outlet = options.shadow ?? around.publisher;
    this.#isShadow = options.shadow !== undefined;
    this.#closer = new Closer(job, this.#parts);
    this.#onResults = options.onResults ?? (() => Promise.resolve());
    this.#health = new JobHealth(job, around);
    this.#failures = new FailureCount(around.patience);
    this.#waits = new FailureCount(around.patience);
  }

  /**
   * Takes a batch of one shard, exactly once in effect however often it is brought.
   *
   * @throws Error when it is to come again. A job that keeps failing is parked instead.
   */
  async take(from: ShardId, records: readonly StreamRecord[]): Promise<void> {
    const source = this.#sourceOf(from);
    const last = records.at(-1)?.sequenceNumber;
    if (!source || last === undefined) return;
    const name = nameOf(from);
    if ((await this.#status()).status !== 'running') return this.#pass(from, last);
    try {
      await this.#commit(from, source, records, last);
      this.#failures.forget(name);
      this.#waits.forget(name);
    } catch (error) {
      if (!(await this.#isParkedOver(name, error)) && !this.#isShadow) throw error;
      this.#around.telemetry.logger.error('Cannot take a batch, it passes by', {
        ...this.#named(),
        ...from,
        error,
      });
      await this.#letPass(from, last);
    }
  }

  /**
   * Finishes what crashed invocations left: unpublished emissions, quarantine, open closes, results
   * that were told and not shown, shards that no batch comes from any more.
   */
  async sweep(): Promise<void> {
    const published = await this.#outlet.sweep(this.job);
    const drained = await this.#drainQuarantine();
    if ((await this.#status(0)).status !== 'running') {
      this.#around.telemetry.count('JobParked', this.#row.status === 'parked' ? 1 : 0);
      if (!this.#isShadow) await this.#health.tellStanding(this.#row);
      return;
    }
    if (this.#row.skipped) await this.#catchUpAll();
    const told = await this.#afterTelling(await this.#closer.close());
    await this.#onResults();
    if (published + drained > 0) {
      const left = { ...this.#named(), published, deadLetters: drained };
      this.#around.telemetry.logger.info('Swept what an invocation left behind', left);
    }
    if (!this.#isShadow) await this.#health.tell(told, this.#row);
  }

  async #commit(
    from: ShardId,
    source: Source<Event>,
    records: readonly StreamRecord[],
    last: string,
  ): Promise<void> {
    let report: CommitReport;
    const owed = this.#isOwing;
    const relay = new Relay((emissions) => this.#outlet.publish(this.job, emissions));
    // What is owed is told first, so that what is about one entity stays in order.
    const tell = owed ? undefined : relay.add;
    try {
      const committer = this.#committerOf(from);
      report = await committer.commit(records, source.decode(records), undefined, tell);
    } catch (error) {
      await relay.end().catch(() => {
        this.#isOwing = true;
      });
      if (error instanceof BehindError) return this.#catchUpWith(from, source, last);
      if (error instanceof HeldError) return this.#letPass(from, last);
      if (error instanceof NotYetError && (await this.#readsParents(nameOf(from), error))) {
        return this.#catchUpWith(from, source, last);
      }
      throw error;
    }
    // Brought again, the batch is no news: what failed after its commit is done for its own sake.
    this.#isOwing = true;
    if (owed) {
      await this.#outlet.sweep(this.job);
      await this.#outlet.publish(this.job, report.emissions);
    }
    await relay.end();
    if (report.emissions.length > 0) await this.#onResults();
    await this.#afterCommit(report);
    // A rule has decided and said so; a windowed job has yet to tell what came of the batch.
    const isRule = this.job.kind === 'rule' || this.job.kind === 'keyed';
    if (isRule) this.#measure(report, 'CommitToDecision');
    const told = await this.#tell(report, owed);
    this.#isOwing = false;
    if (!isRule) this.#measure(report, 'CommitToResult');
    if (told && !this.#isShadow) await this.#health.tell(told, this.#row);
  }

  async #afterCommit({ countedEvents, quarantinedRecords }: CommitReport): Promise<void> {
    if (!this.#isShadow) {
      this.#around.telemetry.count('EventsCounted', countedEvents);
      this.#around.telemetry.count('RecordsQuarantined', quarantinedRecords);
    }
    if (quarantinedRecords > 0) await this.#drainQuarantine();
  }

  /** Reads on from where the job stands, within bounds; if it does not get there the batch passes. */
  async #catchUpWith(from: ShardId, source: Source<Event>, last: string): Promise<void> {
    const now = this.#around.now();
    const deadlineMs = now + (this.#isShadow ? shadowCatchUpMs : batchCatchUpMs);
    const { sequenceNumber } = (await this.#catchUp(from, source, deadlineMs)) ?? {};
    if (sequenceNumber === undefined || compareSequenceNumbers(sequenceNumber, last) < 0) {
      await this.#pass(from, last);
    }
    this.#isOwing = true;
    await this.#afterTelling(await this.#closer.close());
    this.#isOwing = false;
  }

  /** Undefined: the shard's parents have to be read first, which took all the time there was. */
  async #catchUp(
    from: ShardId,
    source: Source<Event>,
    deadlineMs: number,
  ): Promise<CaughtUp | undefined> {
    const { shards, now } = this.#parts;
    const read = (of: ShardId): Promise<CaughtUp> =>
      catchUp({
        from: of,
        source,
        committer: this.#committerOf(of),
        shards,
        goesOn: () => now() < deadlineMs,
        onCommit: async (report) => {
          await this.#outlet.publish(this.job, report.emissions);
          await this.#afterCommit(report);
        },
      });
    const listing = await shards.list(from.stream, from.shard);
    const ancestors = ancestorsOf(listing, from.shard).toReversed();
    try {
      for (const shard of ancestors) await read({ ...from, shard });
      return await read(from);
    } catch (error) {
      if (error instanceof NotYetError) return undefined;
      throw error;
    }
  }

  async #catchUpAll(): Promise<void> {
    const deadlineMs = this.#around.now() + sweepCatchUpMs;
    for (const source of this.job.sources) {
      for (const { shard } of await this.#parts.shards.list(source.stream)) {
        await this.#catchUp({ stream: source.stream, shard }, source, deadlineMs);
      }
    }
  }

  /**
   * Whether the job reads a shard's parents by itself. No batch comes from them where the mapping had
   * passed them before there was the job; until that is plain, they are waited for.
   */
  async #readsParents(name: string, error: NotYetError): Promise<boolean> {
    if (this.#row.skipped) return true;
    if (!this.#waits.isTooMuch(name, error, this.#around.now())) return false;
    this.#row = await letBatchesPass(this.#parts.store, this.job);
    this.#waits.forget(name);
    return true;
  }

  /** For a job that goes on running; it catches up with a later batch. */
  async #letPass(from: ShardId, last: string): Promise<void> {
    if (!this.#row.skipped) this.#row = await letBatchesPass(this.#parts.store, this.job);
    await this.#pass(from, last);
  }

  /** Lets a batch pass, so that it is acknowledged: the job will read it again from the stream. */
  async #pass(from: ShardId, last: string): Promise<void> {
    await this.#committerOf(from).skip(last);
    this.#around.telemetry.count('BatchesPassed', this.#isShadow ? 0 : 1);
    if (!this.#isShadow) await this.#health.tellStanding(this.#row);
  }

  async #isParkedOver(name: string, error: unknown): Promise<boolean> {
    // Parents that are not read to their end yet are no fault of the job's.
    if (error instanceof NotYetError) return false;
    if (!this.#failures.isTooMuch(name, error, this.#around.now())) return false;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const change = { status: 'parked', reason, onlyFrom: 'running' } as const;
    this.#row = await setJobStatus(this.#parts.store, this.job, change, this.#around.now());
    this.#failures.forget(name);
    const { telemetry } = this.#around;
    telemetry.count('JobParked', 1);
    telemetry.logger.error('A job keeps failing, it is parked', { ...this.#named(), reason });
    return this.#row.status !== 'running';
  }

  async #status(oldestMs = statusEveryMs): Promise<JobRow> {
    const now = this.#around.now();
    if (Math.abs(now - this.#rowAtMs) >= oldestMs) {
      this.#row = (await readJobRow(this.#parts.store, this.job)) ?? newJobRow;
      this.#rowAtMs = now;
    }
    return this.#row;
  }

  async #tell(report: CommitReport, owed: boolean): Promise<CloseReport | undefined> {
    if (owed) return this.#afterTelling(await this.#closer.close());
    this.#isPreviewOwed ||= report.countedEvents > 0;
    const early = this.#previewInMs();
    const shows = early <= previewWaitMaxMs;
    if (report.watermarkRose) return this.#afterTelling(await this.#closer.advance(shows), shows);
    if (!shows || !this.#isPreviewOwed) return undefined;
    // Rather than leave the last events of a burst untold, wait until it is time to tell them.
    if (early > 0) await this.#around.sleep(early);
    return this.#afterTelling(await this.#closer.preview());
  }

  /** How long it is until open windows may show themselves. */
  #previewInMs(): number {
    const everyMs = this.job.kind === 'windowed' ? this.job.preliminaryEveryMs : undefined;
    if (everyMs === undefined) return Number.POSITIVE_INFINITY;
    const sinceMs = this.#around.now() - this.#toldAtMs;
    // A clock that was set back says nothing.
    return sinceMs < 0 ? 0 : everyMs - sinceMs;
  }

  /** @param shown whether open windows have shown themselves. */
  async #afterTelling(report: CloseReport, shown = true): Promise<CloseReport> {
    if (shown) {
      this.#toldAtMs = this.#around.now();
      this.#isPreviewOwed = false;
    }
    await this.#outlet.publish(this.job, report.emissions);
    for (const committer of this.#committers.values()) committer.forget(report.doneMs);
    if (!this.#isShadow) this.#around.telemetry.count('WindowsClosed', report.closedWindows);
    if (report.emissions.length > 0 || report.closedWindows > 0) await this.#onResults();
    if (report.failure !== undefined) this.#noteUntold(report.failure);
    return report;
  }

  /** Of a window or key that cannot be told the rest has been; it is tried again with every close. */
  #noteUntold(error: unknown): void {
    this.#around.telemetry.logger.error('Cannot tell every result', { ...this.#named(), error });
    if (!this.#isShadow) this.#around.telemetry.count('ResultsUntold', 1);
  }

  #measure(report: CommitReport, name: 'CommitToDecision' | 'CommitToResult'): void {
    if (this.#isShadow) return;
    const latencies = this.#health.measure(report.committedAtMs);
    // A session is told when it ends, which is not for the engine to hasten.
    if (this.job.kind !== 'session') this.#around.telemetry.milliseconds(name, latencies);
  }

  /** What a run in the shadow cannot take, the live one has set aside already. */
  #drainQuarantine(): Promise<number> {
    if (this.#isShadow) return Promise.resolve(0);
    const { store, deadLetters, now } = this.#around;
    return drainQuarantine(this.job, store, deadLetters, now());
  }

  #sourceOf({ stream }: ShardId): Source<Event> | undefined {
    return this.job.sources.find((source) => source.stream === stream);
  }

  #committerOf(from: ShardId): ShardCommitter<Event> {
    const name = nameOf(from);
    const committer = this.#committers.get(name) ?? new ShardCommitter(this.job, from, this.#parts);
    this.#committers.set(name, committer);
    return committer;
  }

  #named() {
    return { job: this.job.name, generation: this.job.generation };
  }
}

function nameOf({ stream, shard }: ShardId): string {
  return `${stream}/${shard}`;
}
