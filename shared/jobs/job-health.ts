import type { CloseReport } from '../stream/close/close.ts';
import type { EngineParts } from '../stream/parts.ts';
import {
  addCounts,
  beforeAll,
  type Control,
  type JobRow,
  unpackControl,
} from '../stream/state/control.ts';
import { controlRows, jobPartition, type Run, shardOfControl } from '../stream/state/layout.ts';
import { Recent } from '../telemetry/recent.ts';
import { writeLiveSection } from './live-section.ts';
import { historyShard } from './run-shards.ts';

const everyMs = 1_000;
const spanMs = 60_000;
const samplesMax = 20_000;

/** What the live page shows of a job: how fast it is, how far its time, what became of records. */
export class JobHealth {
  readonly #run: Run & { readonly watermarkDelayMs: number };
  readonly #parts: EngineParts;
  readonly #latencies = new Recent(spanMs, samplesMax);
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(run: Run & { readonly watermarkDelayMs: number }, parts: EngineParts) {
    this.#run = run;
    this.#parts = parts;
  }

  /** Takes commit times of events whose result has been told; gives their latencies. */
  measure(committedAtMs: readonly number[]): number[] {
    const now = this.#parts.now();
    const latencies = committedAtMs.map((atMs) => now - atMs);
    this.#latencies.add(now, latencies);
    return latencies;
  }

  /** Tells, at most once a second, how a job stands that has just been closed. */
  async tell({ controls, watermarkMs, failure }: CloseReport, row: JobRow): Promise<void> {
    if (!this.#isDue()) return;
    await this.#write(controls, watermarkMs, { status: row.status, reason: failure?.message });
  }

  /** Tells, at most once a second, how a job stands that lets batches pass. */
  async tellStanding(row: JobRow): Promise<void> {
    if (!this.#isDue()) return;
    const items = await this.#parts.store.query(jobPartition(this.#run), controlRows);
    const controls = new Map(items.map((item) => [item.sk, unpackControl(item)]));
    await this.#write(controls, row.floorMs === beforeAll ? undefined : row.floorMs, row);
  }

  #isDue(): boolean {
    const now = this.#parts.now();
    if (Math.abs(now - this.#toldAtMs) < everyMs) return false;
    this.#toldAtMs = now;
    return true;
  }

  async #write(
    controls: ReadonlyMap<string, Control>,
    watermarkMs: number | undefined,
    { status, reason }: Pick<JobRow, 'status' | 'reason'>,
  ): Promise<void> {
    const now = this.#parts.now();
    const { name, generation, watermarkDelayMs } = this.#run;
    const shards = [...controls].flatMap(([sk, control]) => {
      const place = shardOfControl(sk);
      // It was told to its end before the streams were read on: its time stands, and is no lag.
      if (place.shard === historyShard) return [];
      const wm = control.watermarkMs === beforeAll ? null : control.watermarkMs;
      const lagMs = wm === null ? null : Math.max(0, now - wm - watermarkDelayMs);
      return [{ ...place, watermarkMs: wm, lagMs }];
    });
    const health = {
      job: name,
      generation,
      status,
      ...(reason !== undefined && { reason }),
      watermarkMs: watermarkMs ?? null,
      updatedAtMs: now,
      eventsPerSecond: Math.round(this.#latencies.perSecond(now) * 10) / 10,
      latencyMs: this.#latencies.percentiles(now),
      counts: addCounts([...controls.values()].map((control) => control.counts)),
      shards,
    };
    await writeLiveSection(this.#parts.store, `health#${name}`, health, now);
  }
}
