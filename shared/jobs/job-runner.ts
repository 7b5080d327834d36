import { type CloseReport, Closer } from '../stream/close.ts';
import { type CommitReport, type EngineParts, ShardCommitter } from '../stream/commit.ts';
import { addCounts, beforeAll } from '../stream/control.ts';
import type { Job } from '../stream/job.ts';
import { shardOfControl } from '../stream/layout.ts';
import type { ShardId, StreamRecord } from '../stream/record.ts';
import { Recent } from '../telemetry/recent.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { DeadLetterQueue } from './dead-letters.ts';
import { drainQuarantine } from './drain-quarantine.ts';
import { writeLiveSection } from './live-section.ts';
import type { Publisher } from './publisher.ts';

/** What a job needs around it to run in a function. */
export interface JobSurroundings extends EngineParts {
  readonly publisher: Publisher;
  readonly telemetry: Telemetry;
  readonly deadLetters: DeadLetterQueue;
  sleep(milliseconds: number): Promise<void>;
}

const healthEveryMs = 1_000;
const healthSpanMs = 60_000;
const healthSamplesMax = 20_000;

/**
 * Runs one job in a function: commits batches, publishes what they say, tells results, writes its
 * health. One runner serves all shards that come to this instance, one batch at a time.
 */
export class JobRunner<Event> {
  readonly job: Job<Event>;
  readonly #around: JobSurroundings;
  readonly #committers = new Map<string, ShardCommitter<Event>>();
  readonly #closer: Closer<Event>;
  readonly #onResults: () => Promise<void>;
  readonly #latencies = new Recent(healthSpanMs, healthSamplesMax);
  #toldAtMs = 0;
  #healthAtMs = 0;

  /** @param onResults called after results have changed. */
  constructor(job: Job<Event>, around: JobSurroundings, onResults?: () => Promise<void>) {
    this.job = job;
    this.#around = around;
    this.#closer = new Closer(job, around);
    this.#onResults = onResults ?? (() => Promise.resolve());
  }

  /** Takes a batch of one shard, exactly once in effect however often it is brought. */
  async take(from: ShardId, records: readonly StreamRecord[]): Promise<void> {
    const source = this.job.sources.find(({ stream }) => stream === from.stream);
    if (!source) return;
    const decoded = records.map((record) => ({ record, decoded: source.decode(record) }));
    const report = await this.#committerOf(from).commit(decoded);
    await this.#around.publisher.publish(this.job, report.emissions);
    if (report.quarantinedRecords > 0) await this.#drainQuarantine();
    // A rule has decided and said so; a windowed job has yet to tell what came of the batch.
    if (this.job.kind === 'rule') this.#measure(report);
    const told = await this.#tell(report);
    if (this.job.kind === 'windowed') this.#measure(report);
    if (told) await this.#reportHealth(told);
  }

  /**
   * Finishes what crashed invocations left: unpublished emissions, quarantine, open closes, results
   * that were told and not shown.
   */
  async sweep(): Promise<void> {
    const published = await this.#around.publisher.sweep(this.job);
    const drained = await this.#drainQuarantine();
    const told = await this.#afterTelling(await this.#closer.close());
    await this.#onResults();
    if (published + drained > 0) {
      const left = { job: this.job.name, published, deadLetters: drained };
      this.#around.telemetry.logger.info('Swept what an invocation left behind', left);
    }
    await this.#reportHealth(told);
  }

  async #tell(report: CommitReport): Promise<CloseReport | undefined> {
    if (report.watermarkRose) return this.#afterTelling(await this.#closer.close());
    if (this.job.kind !== 'windowed' || report.countedEvents === 0) return undefined;
    // Rather than leave the last events of a burst untold, wait until it is time to tell them.
    const due = this.#toldAtMs + this.job.preliminaryEveryMs;
    const early = due - this.#around.now();
    // No longer than that, should the clock have been set back.
    if (early > 0) await this.#around.sleep(Math.min(early, this.job.preliminaryEveryMs));
    return this.#afterTelling(await this.#closer.preview());
  }

  async #afterTelling(report: CloseReport): Promise<CloseReport> {
    this.#toldAtMs = this.#around.now();
    await this.#around.publisher.publish(this.job, report.emissions);
    for (const committer of this.#committers.values()) committer.forget(report.doneMs);
    this.#around.telemetry.count('WindowsClosed', report.closedWindows);
    if (report.emissions.length > 0 || report.closedWindows > 0) await this.#onResults();
    return report;
  }

  #measure({ committedAtMs, countedEvents, quarantinedRecords }: CommitReport): void {
    const now = this.#around.now();
    const latencies = committedAtMs.map((atMs) => now - atMs);
    this.#latencies.add(now, latencies);
    const { telemetry } = this.#around;
    telemetry.count('EventsCounted', countedEvents);
    telemetry.count('RecordsQuarantined', quarantinedRecords);
    const name = this.job.kind === 'windowed' ? 'CommitToResult' : 'CommitToDecision';
    telemetry.milliseconds(name, latencies);
  }

  async #reportHealth({ controls, watermarkMs }: CloseReport): Promise<void> {
    const now = this.#around.now();
    if (now - this.#healthAtMs < healthEveryMs) return;
    this.#healthAtMs = now;
    const shards = [...controls].map(([sk, control]) => {
      const wm = control.watermarkMs === beforeAll ? null : control.watermarkMs;
      const lagMs = wm === null ? null : Math.max(0, now - wm - this.job.watermarkDelayMs);
      return { ...shardOfControl(sk), watermarkMs: wm, lagMs };
    });
    const counts = addCounts([...controls.values()].map((control) => control.counts));
    const health = {
      job: this.job.name,
      generation: this.job.generation,
      watermarkMs: watermarkMs ?? null,
      updatedAtMs: now,
      eventsPerSecond: Math.round(this.#latencies.perSecond(now) * 10) / 10,
      latencyMs: this.#latencies.percentiles(now),
      counts,
      shards,
    };
    await writeLiveSection(this.#around.store, `health#${this.job.name}`, health, now);
  }

  #drainQuarantine(): Promise<number> {
    const { store, deadLetters, now } = this.#around;
    return drainQuarantine(this.job, store, deadLetters, now());
  }

  #committerOf(from: ShardId): ShardCommitter<Event> {
    const name = `${from.stream}/${from.shard}`;
    const committer =
      this.#committers.get(name) ?? new ShardCommitter(this.job, from, this.#around);
    this.#committers.set(name, committer);
    return committer;
  }
}
