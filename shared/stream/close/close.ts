import { reasonOf } from '../commit/effects.ts';
import { type Emission, type Job, panesOfJob, type WindowedJob } from '../job.ts';
import type { EngineParts } from '../parts.ts';
import {
  beforeAll,
  type Control,
  type JobRow,
  packJobRow,
  unpackJobRow,
} from '../state/control.ts';
import { controlKey, jobKey, resultKey } from '../state/layout.ts';
import { Totals } from '../state/totals.ts';
import { tolerateRefusal } from '../state-store.ts';
import { lastUseOf, panesBefore, panesSeen, startOf } from '../window.ts';
import { type Cut, cutOf, highest, join, type Lineage, takesInAll, touchedIn } from './cut.ts';
import { type Due, dueWindows, type Times } from './due-windows.ts';
import { Folder, type PaneState } from './fold.ts';
import { resultWrites, type ToldResult, toTold } from './results.ts';
import { readControls, seal } from './seal.ts';
import { SessionTimers } from './session-timers.ts';
import { GlobalWatermark } from './watermark.ts';

export interface CloseReport {
  /** Put into the outbox, to be published at once. */
  readonly emissions: readonly Emission[];
  /** Windows whose end the watermark has passed now. */
  readonly closedWindows: number;
  /** Windows that ended by then are final; see {@link ShardCommitter.forget}. */
  readonly doneMs: number;
  /** The global watermark, or undefined while a shard holds it. */
  readonly watermarkMs: number | undefined;
  readonly controls: ReadonlyMap<string, Control>;
  /** Set where a result cannot be told; all others were. */
  readonly failure: Error | undefined;
}

/** What lies in a window, up to a cut. */
interface Sum<Event> {
  readonly deltas: number;
  readonly lineage: Lineage;
  readonly cut: Cut;
  readonly totals: WindowTotals<Event>;
  /** Of the stretch that the window looks back at. */
  readonly before: WindowTotals<Event>;
}

type WindowTotals<Event> = Totals<Event, WindowedJob<Event>['accumulators']>;

/** What came of looking at all windows. */
interface Round {
  readonly emissions: readonly Emission[];
  readonly closedWindows: number;
  readonly complete: boolean;
  readonly failures: readonly string[];
}

/** What came of looking at a window. */
interface Telling {
  readonly emissions: readonly Emission[];
  readonly closes: boolean;
  /** Nothing is left to be told of it for now. */
  readonly happened: boolean;
  /** Why its result cannot be told. */
  readonly failure?: string;
}

const silent = { emissions: [], closes: false } as const;

/**
 * Moves a job's time on and tells its results. Any number of closers may run at any moment: every
 * step is conditional and monotone, so none is in charge and each may die anywhere.
 *
 * ```
 * list shards ─▶ read control rows ─▶ minimum ─▶ raise the floor ─▶ read the floor again: T
 *   ─▶ seal every control row up to T, reading it: the cut
 *   ─▶ per window not done: read the result, fold its panes up to the cut (and to what was told),
 *      if deltas were added (or the window is final now) one transaction: result and outbox
 *   ─▶ all final: raise done
 * ```
 * Sessions have no panes: their timers up to T are fired instead.
 */
export class Closer<Event> {
  readonly #job: Job<Event>;
  readonly #parts: EngineParts;
  readonly #watermark: GlobalWatermark;
  readonly #folder: Folder<Event> | undefined;
  readonly #timers: SessionTimers<Event> | undefined;
  /** News told of per window, so that windows without any cost no read. */
  readonly #told = new Map<number, string>();
  #turn = Promise.resolve();

  constructor(job: Job<Event>, parts: EngineParts) {
    this.#job = job;
    this.#parts = parts;
    this.#watermark = new GlobalWatermark(parts.shards);
    this.#folder = job.kind === 'windowed' ? new Folder(job, parts) : undefined;
    this.#timers = job.kind === 'session' ? new SessionTimers(job, parts) : undefined;
  }

  /** Raises the floor to the global watermark, seals, tells results, final and preliminary. */
  close(): Promise<CloseReport> {
    return this.#inTurn(() => this.#close(false));
  }

  /**
   * The same for who closes often: the floor stays where it is until time has passed the end of a
   * pane or of its lateness, or a timer. A lower floor only keeps more open.
   *
   * @param shows whether open windows tell preliminary results.
   */
  advance(shows = true): Promise<CloseReport> {
    return this.#inTurn(() => this.#close(true, shows));
  }

  /** Tells preliminary results of what has been committed; moves no time. */
  preview(): Promise<CloseReport> {
    return this.#inTurn(async () => {
      const row = await this.#readJobRow();
      return row ? this.#tell(row, beforeAll, true) : nothing;
    });
  }

  /** What is folded in memory is added to by one at a time. */
  async #inTurn(work: () => Promise<CloseReport>): Promise<CloseReport> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    try {
      await before;
      return await work();
    } finally {
      resolve();
    }
  }

  async #close(isOften: boolean, shows = true): Promise<CloseReport> {
    const streams = this.#job.sources.map(({ stream }) => stream);
    const listings = await this.#watermark.list(streams);
    const row = await this.#readJobRow();
    if (!row) return nothing;
    const seen = await readControls(this.#job, this.#parts);
    const minimum = await this.#watermark.minimum(listings, (shard) =>
      seen.get(controlKey(this.#job, shard).sk),
    );
    if (isOften && !(await this.#passesAnything(row.floorMs, minimum))) {
      return {
        ...(await this.#tell(row, row.floorMs, shows, seen)),
        watermarkMs: knownTime(Math.max(row.floorMs, minimum)),
      };
    }
    if (minimum > row.floorMs) await this.#replaceJobRow(row, { floorMs: minimum });
    // The floor is read before the control rows: a window is final by what was sealed for it.
    const sealing = await this.#readJobRow();
    return sealing ? this.#tell(sealing, sealing.floorMs, shows) : nothing;
  }

  /** Whether anything follows from a higher floor. */
  async #passesAnything(floorMs: number, minimumMs: number): Promise<boolean> {
    const job = this.#job;
    if (minimumMs <= floorMs) return false;
    if (job.kind === 'session') return (await this.#timers?.isDue(minimumMs)) ?? false;
    const { paneMs, offsetMs } = panesOfJob(job);
    const passed = [0, job.allowedLatenessMs].some(
      (afterMs) =>
        startOf(minimumMs - afterMs, paneMs, offsetMs) >
        startOf(floorMs - afterMs, paneMs, offsetMs),
    );
    return floorMs === beforeAll || passed;
  }

  /** @param seen control rows that were read after the job's row; undefined: they are read anew. */
  async #tell(
    row: JobRow,
    sealMs: number,
    shows: boolean,
    seen?: ReadonlyMap<string, Control>,
  ): Promise<CloseReport> {
    const job = this.#job;
    const watermarkMs = knownTime(row.floorMs);
    let controls = seen ?? (await readControls(job, this.#parts));
    if (job.kind === 'session') {
      const fired = seen ? undefined : await this.#timers?.fire(row.floorMs);
      const { emissions, failures } = fired ?? { emissions: [], failures: [] };
      const failure = failureOf(job, 'sessions', failures);
      const closedWindows = emissions.length;
      return { emissions, closedWindows, doneMs: row.doneMs, watermarkMs, controls, failure };
    }
    const { paneMs, offsetMs } = panesOfJob(job);
    const alignedMs =
      sealMs === beforeAll ? beforeAll : startOf(sealMs - job.allowedLatenessMs, paneMs, offsetMs);
    if (alignedMs !== beforeAll) {
      controls = await seal(job, controls, alignedMs + job.allowedLatenessMs, this.#parts);
    }
    const told =
      job.kind === 'windowed'
        ? await this.#tellWindows(job, controls, { ...row, finalMs: alignedMs, shows })
        : { emissions: [], closedWindows: 0, complete: true, failures: [] };
    let { doneMs } = row;
    const isDone = told.complete && alignedMs > doneMs;
    if (isDone && (await this.#replaceJobRow(row, { doneMs: alignedMs }))) doneMs = alignedMs;
    this.#forget(doneMs);
    const { emissions, closedWindows, failures } = told;
    const failure = failureOf(job, 'windows', failures);
    return { emissions, closedWindows, doneMs, watermarkMs, controls, failure };
  }

  async #tellWindows(
    job: WindowedJob<Event>,
    controls: ReadonlyMap<string, Control>,
    times: Times,
  ): Promise<Round> {
    const due = dueWindows(job, controls, times, this.#told);
    const emissions: Emission[] = [];
    let closedWindows = 0;
    const failures: string[] = [];
    let complete = true;
    if (due.length === 0) return { emissions, closedWindows, complete, failures };
    // What was told is read before what there is to tell, and vouches for deltas as well.
    const items = await this.#parts.store.getMany(
      due.map(({ endMs }) => resultKey(job, endMs - job.window.sizeMs)),
    );
    const told = items.map(toTold);
    const cut = cutOf(
      controls,
      told.map((result) => result.cut),
    );
    const starts = due.flatMap(({ endMs, closed }, index) =>
      closed && !told[index]?.final ? panesSeen(job.window, endMs) : [],
    );
    await this.#folder?.foldAhead(new Set(starts), cut, (pane, sk) =>
      touchedIn(controls, sk, pane, cut),
    );
    for (const [index, window] of due.entries()) {
      const before = told[index];
      if (!before || before.final) {
        this.#told.set(window.endMs, window.news);
        continue;
      }
      const panes = panesSeen(job.window, window.endMs);
      if (!window.closed && takesInAll(before.cut, controls, panes)) {
        // Another shard's instance has told it all: no need to read what that was.
        this.#told.set(window.endMs, window.news);
        continue;
      }
      const outcome = await this.#tellWindow(job, window, before, cut, controls, times.floorMs);
      emissions.push(...outcome.emissions);
      if (outcome.closes) closedWindows += 1;
      if (outcome.failure !== undefined) failures.push(outcome.failure);
      complete &&= outcome.happened || !window.final;
    }
    return { emissions, closedWindows, complete, failures };
  }

  async #tellWindow(
    job: WindowedJob<Event>,
    { endMs, closed, final, news }: Due,
    told: ToldResult,
    cut: Cut,
    controls: ReadonlyMap<string, Control>,
    floorMs: number,
  ): Promise<Telling> {
    let sum: Sum<Event>;
    try {
      sum = await this.#sumOf(job, endMs, cut, controls);
    } catch (error) {
      // What an accumulator cannot add up; anything else is the store's, and passes.
      if (!(error instanceof RangeError)) throw error;
      return { ...silent, happened: false, failure: reasonOf(error) };
    }
    for (const pane of panesSeen(job.window, endMs)) {
      await this.#folder?.compact(pane, pane + job.window.paneMs <= floorMs);
    }
    const closes = closed && !told.closed;
    if (sum.deltas === 0 || !(sum.deltas > told.deltas || closes || final)) {
      this.#told.set(endMs, news);
      return { ...silent, happened: true };
    }
    const window = { startMs: endMs - job.window.sizeMs, endMs };
    const { deltas, lineage } = sum;
    const known = { window, deltas, cut: sum.cut, lineage, closed: closed || told.closed, final };
    let telling: ReturnType<typeof resultWrites>;
    try {
      const data = job.result(sum.totals.values(), window, sum.before.values());
      telling = resultWrites(job, told, { ...known, data }, this.#parts.now());
    } catch (error) {
      return { ...silent, happened: false, failure: reasonOf(error) };
    }
    const { writes, emissions } = telling;
    if (!(await tolerateRefusal(() => this.#parts.store.transact(writes)))) {
      return { ...silent, happened: false };
    }
    this.#told.set(endMs, news);
    return { emissions, closes, happened: true };
  }

  /** What lies in a window: of its panes, what was not written after its seal. */
  async #sumOf(
    job: WindowedJob<Event>,
    endMs: number,
    vouched: Cut,
    controls: ReadonlyMap<string, Control>,
  ): Promise<Sum<Event>> {
    const starts = panesSeen(job.window, endMs);
    const { panes, cut } = await this.#foldAll(starts, vouched, controls);
    const parts = panes.map((pane) =>
      [...pane.parts].filter(([fromEndMs]) => fromEndMs <= endMs).map(([, part]) => part),
    );
    const deltas = parts.flat().reduce((all, part) => all + part.deltas, 0);
    const lineage = panes.reduce((all: Lineage, pane) => join(all, pane.lineage), {});
    const own = panesBefore(job.window, endMs).length;
    const totals = totalOf(job, parts.slice(own).flat());
    const before = totalOf(job, parts.slice(0, own).flat());
    return { deltas, lineage, cut, totals, before };
  }

  /** Folds panes up to one cut: where a base holds more than was asked for, the others follow. */
  async #foldAll(
    starts: readonly number[],
    vouched: Cut,
    controls: ReadonlyMap<string, Control>,
  ): Promise<{ readonly panes: readonly PaneState<Event>[]; readonly cut: Cut }> {
    let cut = vouched;
    for (;;) {
      const panes: PaneState<Event>[] = [];
      for (const start of starts) {
        const upTo = cut;
        const touched = (sk: string) => touchedIn(controls, sk, start, upTo);
        const pane = await this.#folder?.fold(start, upTo, touched);
        if (pane) panes.push(pane);
      }
      const reached = highest([cut, ...panes.map((pane) => pane.cut)]);
      if ([...reached].every(([sk, version]) => cut.get(sk) === version)) {
        return { panes, cut };
      }
      cut = reached;
    }
  }

  async #readJobRow(): Promise<JobRow | undefined> {
    const item = await this.#parts.store.get(jobKey(this.#job));
    return item && unpackJobRow(item);
  }

  #replaceJobRow(row: JobRow, change: Partial<JobRow>): Promise<boolean> {
    const { version } = row;
    return tolerateRefusal(() =>
      this.#parts.store.transact([
        {
          key: jobKey(this.#job),
          condition: { attribute: 'version', equals: version },
          put: packJobRow({ ...row, ...change, version: version + 1 }),
        },
      ]),
    );
  }

  #forget(doneMs: number): void {
    for (const endMs of this.#told.keys()) if (endMs <= doneMs) this.#told.delete(endMs);
    const job = this.#job;
    if (job.kind !== 'windowed') return;
    this.#folder?.forget((pane) => lastUseOf(job.window, pane) <= doneMs);
  }
}

function knownTime(atMs: number): number | undefined {
  return atMs === beforeAll ? undefined : atMs;
}

function totalOf<Event>(
  { accumulators }: WindowedJob<Event>,
  parts: readonly { readonly totals: WindowTotals<Event> }[],
): WindowTotals<Event> {
  const [only] = parts;
  if (parts.length === 1 && only) return only.totals;
  const totals: WindowTotals<Event> = new Totals(accumulators);
  for (const part of parts) totals.merge(part.totals);
  return totals;
}

function failureOf<Event>(
  { name }: Job<Event>,
  what: string,
  failures: readonly string[],
): Error | undefined {
  if (failures.length === 0) return undefined;
  return new Error(`Cannot tell ${failures.length} ${what} of ${name}: ${failures[0]}`);
}

const nothing: CloseReport = {
  emissions: [],
  closedWindows: 0,
  doneMs: beforeAll,
  watermarkMs: undefined,
  controls: new Map(),
  failure: undefined,
};
