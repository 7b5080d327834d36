import type { EngineParts } from './commit.ts';
import {
  beforeAll,
  type Control,
  codecVersion,
  type JobRow,
  numberOf,
  packControl,
  packJobRow,
  unpackControl,
  unpackJobRow,
} from './control.ts';
import { type Base, Folder } from './fold.ts';
import { type Emission, type Job, paneMs, type WindowedJob } from './job.ts';
import {
  controlKey,
  controlRows,
  jobKey,
  jobPartition,
  outboxPartition,
  outboxSk,
  resultKey,
  shardOfControl,
} from './layout.ts';
import type { ShardId } from './record.ts';
import { tolerateRefusal, type Write } from './state-store.ts';
import { GlobalWatermark } from './watermark.ts';
import { startOf } from './window.ts';

export interface CloseReport {
  /** Put into the outbox, to be published at once. */
  readonly emissions: readonly Emission[];
  /** Windows whose end the watermark has passed now. */
  readonly closedWindows: number;
  /** Panes that ended by then are final; see {@link ShardCommitter.forget}. */
  readonly doneMs: number;
  /** The global watermark, or undefined while a shard holds it. */
  readonly watermarkMs: number | undefined;
  readonly controls: ReadonlyMap<string, Control>;
}

/**
 * Moves a job's time on and tells its results. Any number of closers may run at any moment: every
 * step is conditional and monotone, so none is in charge and each may die anywhere.
 *
 * ```
 * list shards ─▶ read control rows ─▶ minimum ─▶ raise the floor ─▶ read the floor again: T
 *   ─▶ seal every control row up to T, reading it: the cut
 *   ─▶ per window not done: read the result, fold its pane up to the cut,
 *      if deltas were added (or the window is final now) one transaction: result and outbox
 *   ─▶ all final: raise done
 * ```
 */
export class Closer<Event> {
  readonly #job: Job<Event>;
  readonly #parts: EngineParts;
  readonly #watermark: GlobalWatermark;
  readonly #folder: Folder<Event> | undefined;
  /** Deltas told of per window, so that windows without news cost no read. */
  readonly #told = new Map<number, string>();

  constructor(job: Job<Event>, parts: EngineParts) {
    this.#job = job;
    this.#parts = parts;
    this.#watermark = new GlobalWatermark(parts.shards);
    this.#folder = job.kind === 'windowed' ? new Folder(job, parts.store, parts.now) : undefined;
  }

  /** Raises the floor to the global watermark, seals, tells results, final and preliminary. */
  async close(): Promise<CloseReport> {
    const streams = this.#job.sources.map(({ stream }) => stream);
    const listings = await this.#watermark.list(streams);
    const row = await this.#readJobRow();
    if (!row) return nothing;
    const seen = await this.#readControls();
    const minimum = await this.#watermark.minimum(listings, (shard) =>
      seen.get(controlKey(this.#job, shard).sk),
    );
    if (minimum > row.floorMs) await this.#replaceJobRow(row, { floorMs: minimum });
    return this.#tell({ seal: true });
  }

  /** Tells preliminary results of what has been committed; moves no time. */
  async preview(): Promise<CloseReport> {
    return this.#tell({ seal: false });
  }

  async #tell({ seal }: { seal: boolean }): Promise<CloseReport> {
    const job = this.#job;
    // The floor is read before the control rows: a window is final by what was sealed for it.
    const row = await this.#readJobRow();
    if (!row) return nothing;
    const floorMs = seal ? row.floorMs : beforeAll;
    const alignedMs =
      floorMs === beforeAll ? beforeAll : startOf(floorMs - job.allowedLatenessMs, paneMs(job));
    let controls = await this.#readControls();
    if (alignedMs !== beforeAll) {
      controls = await this.#seal(controls, alignedMs + job.allowedLatenessMs);
    }
    const emissions: Emission[] = [];
    let closedWindows = 0;
    let complete = true;
    if (job.kind === 'windowed') {
      for (const [pane, vouched] of cutOf(controls)) {
        const endMs = pane + paneMs(job);
        if (endMs <= row.doneMs) continue;
        const phase = { closed: endMs <= floorMs, final: endMs <= alignedMs };
        const told = await this.#tellWindow(job, pane, vouched, phase);
        emissions.push(...told.emissions);
        closedWindows += told.closes ? 1 : 0;
        complete &&= told.complete;
      }
    }
    let { doneMs } = row;
    if (complete && alignedMs > doneMs && (await this.#replaceJobRow(row, { doneMs: alignedMs }))) {
      doneMs = alignedMs;
    }
    this.#forget(doneMs);
    const watermarkMs = row.floorMs === beforeAll ? undefined : row.floorMs;
    return { emissions, closedWindows, doneMs, watermarkMs, controls };
  }

  async #tellWindow(
    job: WindowedJob<Event>,
    pane: number,
    vouched: ReadonlyMap<string, number>,
    { closed, final }: { readonly closed: boolean; readonly final: boolean },
  ): Promise<{ emissions: Emission[]; closes: boolean; complete: boolean }> {
    const news = JSON.stringify([[...vouched], closed, final]);
    const silent = { emissions: [], closes: false, complete: true };
    if (!this.#folder || this.#told.get(pane) === news) return silent;
    const key = resultKey(job, pane);
    const told = await this.#parts.store.get(key);
    const toldDeltas = told ? numberOf(told, 'deltas') : 0;
    const base = await this.#folder.fold(pane, vouched, toldDeltas);
    const changed = base.deltas > toldDeltas;
    const was = {
      closed: told?.attributes['closed'] === true,
      final: told?.attributes['final'] === true,
    };
    const closes = closed && !was.closed;
    if (was.final || base.deltas === 0 || !(changed || closes || final)) {
      this.#told.set(pane, news);
      return silent;
    }
    const version = told ? numberOf(told, 'version') : 0;
    const revision = (told ? numberOf(told, 'revision') : 0) + (changed ? 1 : 0);
    const emission = emissionOf(job, pane, revision, base);
    const writes: Write[] = [
      {
        key,
        condition: told ? { attribute: 'version', equals: version } : { absent: true },
        put: {
          codec: codecVersion,
          version: version + 1,
          revision,
          closed: closed || was.closed,
          final,
          deltas: base.deltas,
          startMs: pane,
          endMs: pane + paneMs(job),
          data: JSON.stringify(emission.data),
          lineage: JSON.stringify(base.lineage),
          updatedAt: this.#parts.now(),
        },
      },
    ];
    if (changed) {
      writes.push({
        key: { ...outboxPartition(job), sk: outboxSk(emission) },
        condition: { absent: true },
        put: { codec: codecVersion, emission: JSON.stringify(emission) },
      });
    }
    const happened = await tolerateRefusal(() => this.#parts.store.transact(writes));
    if (!happened) return { ...silent, complete: !final };
    this.#told.set(pane, news);
    return { emissions: changed ? [emission] : [], closes, complete: true };
  }

  /** Sets `sealedMs` on every control row; a batch in flight is refused and classified anew. */
  async #seal(
    controls: ReadonlyMap<string, Control>,
    sealedMs: number,
  ): Promise<Map<string, Control>> {
    const sealed = new Map<string, Control>();
    for (const [sk, read] of controls) {
      let control: Control | undefined = read;
      while (control && control.sealedMs < sealedMs) {
        const next: Control = { ...control, version: control.version + 1, sealedMs };
        const { version } = control;
        const key = { ...jobPartition(this.#job), sk };
        const happened = await tolerateRefusal(() =>
          this.#parts.store.transact([
            { key, condition: { attribute: 'version', equals: version }, put: packControl(next) },
          ]),
        );
        control = happened ? next : await this.#readControl(shardOfControl(sk));
      }
      if (control) sealed.set(sk, control);
    }
    return sealed;
  }

  async #readJobRow(): Promise<JobRow | undefined> {
    const item = await this.#parts.store.get(jobKey(this.#job));
    return item && unpackJobRow(item);
  }

  #replaceJobRow(row: JobRow, change: Partial<JobRow>): Promise<boolean> {
    const next = { ...row, ...change, version: row.version + 1 };
    return tolerateRefusal(() =>
      this.#parts.store.transact([
        {
          key: jobKey(this.#job),
          condition: { attribute: 'version', equals: row.version },
          put: packJobRow(next),
        },
      ]),
    );
  }

  async #readControl(shard: ShardId): Promise<Control | undefined> {
    const item = await this.#parts.store.get(controlKey(this.#job, shard));
    return item && unpackControl(item);
  }

  async #readControls(): Promise<Map<string, Control>> {
    const items = await this.#parts.store.query(jobPartition(this.#job), controlRows);
    return new Map(items.map((item) => [item.sk, unpackControl(item)]));
  }

  #forget(doneMs: number): void {
    const isDone = (pane: number): boolean => pane + paneMs(this.#job) <= doneMs;
    for (const pane of this.#told.keys()) if (isDone(pane)) this.#told.delete(pane);
    this.#folder?.forget(isDone);
  }
}

const nothing: CloseReport = {
  emissions: [],
  closedWindows: 0,
  doneMs: beforeAll,
  watermarkMs: undefined,
  controls: new Map(),
};

/** Per pane, the version of the last delta of each control row. */
function cutOf(
  controls: ReadonlyMap<string, Control>,
): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const cut = new Map<number, Map<string, number>>();
  for (const [sk, { panes }] of controls) {
    for (const [pane, { last }] of panes) {
      const ofPane = cut.get(pane) ?? new Map<string, number>();
      cut.set(pane, ofPane.set(sk, last));
    }
  }
  return cut;
}

function emissionOf<Event>(
  job: WindowedJob<Event>,
  startMs: number,
  revision: number,
  base: Base,
): Emission {
  const fields = Object.keys(job.accumulators);
  const totals = new Map(
    [...base.totals].map(([key, values]) => [
      key,
      Object.fromEntries(fields.map((field, index) => [field, values[index] ?? 0])),
    ]),
  );
  return {
    id: `${job.name}|${job.generation}|${startMs}`,
    entity: job.name,
    type: job.type,
    revision,
    window: { startMs, endMs: startMs + paneMs(job) },
    data: job.result(totals),
  };
}
