import { itemBytesMax } from '../commit/effects.ts';
import type { WindowedJob } from '../job.ts';
import type { EngineParts } from '../parts.ts';
import { codecVersion, numberOf, textOf } from '../state/control.ts';
import { expiryOf, windowSpanMs } from '../state/expiry.ts';
import { hash53 } from '../state/identities.ts';
import { baseKey, deltaSk, panePartition, segmentKey, shardOfControl } from '../state/layout.ts';
import { Totals } from '../state/totals.ts';
import { type Item, type ItemKey, tolerateRefusal, type Write } from '../state-store.ts';
import type { Cut, Lineage } from './cut.ts';

/** What deltas add to the windows of a pane that end at some time or later. */
interface Part<Event> {
  /** How many deltas are in: it grows if and only if the totals may have changed. */
  deltas: number;
  readonly totals: Totals<Event, WindowedJob<Event>['accumulators']>;
}

/** Everything folded of a pane so far. */
export interface PaneState<Event> {
  readonly cut: Map<string, number>;
  /** By the end of the first window that takes it. */
  readonly parts: Map<number, Part<Event>>;
  lineage: Lineage;
  /** The base in the table that this began from or wrote last. */
  base: { version: number; name: string; segments: number; bytes: number };
  /** Folded since that base. */
  deltas: number;
  bytes: number;
}

/** Deltas folded into a base when their pane has ended, and anew when so many came late. */
const worthABase = 8;
const worthANewBase = 64;
/** DynamoDB takes items of 400 KB, names and numbers included. */
const segmentBytesMax = 390 * 1024;

const utf8 = new TextEncoder();

const readAtOnce = 16;
/** A base is replaced while it is read, but not so often. */
const readsMax = 10;

/**
 * Folds the deltas of panes. Deltas never change, so what was folded stays right and is kept in
 * memory; a base in the table spares those who come later the reading. It is replaced only if its
 * version is unchanged, and by segments of its own name, so that readers see one base or the other.
 */
export class Folder<Event> {
  readonly #job: WindowedJob<Event>;
  readonly #parts: EngineParts;
  readonly #panes = new Map<number, PaneState<Event>>();

  constructor(job: WindowedJob<Event>, parts: EngineParts) {
    this.#job = job;
    this.#parts = parts;
  }

  /**
   * Brings a pane up to a cut.
   *
   * @param cut versions that control rows, read before, vouch for: deltas up to them are in the
   * table. Of later ones a query could show some while it misses earlier ones.
   * @param touched where known, per control row the version of its last delta in this pane.
   */
  async fold(
    paneStartMs: number,
    cut: Cut,
    touched: (control: string) => number | undefined,
  ): Promise<PaneState<Event>> {
    const known = this.#panes.get(paneStartMs);
    const isEmpty = !known && [...cut.keys()].every((control) => touched(control) === 0);
    const pane = known ?? (isEmpty ? emptyPane<Event>() : await this.#read(paneStartMs));
    if (isEmpty) return pane;
    // Only what was folded whole is remembered.
    this.#panes.delete(paneStartMs);
    for (const [control, version] of cut) {
      const from = (pane.cut.get(control) ?? 0) + 1;
      if (from > version) continue;
      const last = Math.min(touched(control) ?? version, version);
      if (last >= from) await this.#addDeltas(paneStartMs, pane, control, from, last);
      pane.cut.set(control, version);
    }
    this.#panes.set(paneStartMs, pane);
    return pane;
  }

  /**
   * Folds panes that are not in memory side by side: windows are told one after the other, and would
   * wait for the reads of each. What fails here fails again where it is asked for.
   */
  async foldAhead(
    starts: ReadonlySet<number>,
    cut: Cut,
    touchedIn: (pane: number, control: string) => number | undefined,
  ): Promise<void> {
    const unknown = [...starts].filter((start) => !this.#panes.has(start));
    for (let first = 0; first < unknown.length; first += readAtOnce) {
      const folding = unknown
        .slice(first, first + readAtOnce)
        .map((start) => this.fold(start, cut, (control) => touchedIn(start, control)));
      await Promise.allSettled(folding);
    }
  }

  /** Writes the base of a pane, where it spares more reading than it costs. */
  async compact(paneStartMs: number, hasEnded: boolean): Promise<void> {
    const pane = this.#panes.get(paneStartMs);
    if (!pane) return;
    const isFirst = pane.base.version === 0 && hasEnded && pane.deltas >= worthABase;
    const isLarger = pane.deltas >= worthANewBase && pane.bytes >= pane.base.bytes;
    if (isFirst || isLarger) await this.#write(paneStartMs, pane);
  }

  /** Drops what is remembered of panes that are done. */
  forget(isDone: (paneStartMs: number) => boolean): void {
    for (const pane of this.#panes.keys()) if (isDone(pane)) this.#panes.delete(pane);
  }

  async #addDeltas(
    paneStartMs: number,
    pane: PaneState<Event>,
    control: string,
    from: number,
    to: number,
  ): Promise<void> {
    const shard = shardOfControl(control);
    const items = await this.#parts.store.query(panePartition(this.#job, paneStartMs), {
      from: deltaSk(shard, from),
      to: deltaSk(shard, to),
    });
    const name = `${shard.stream}/${shard.shard}`;
    for (const item of items) {
      const part = this.#partOf(pane, numberOf(item, 'fromEndMs'));
      const totals = textOf(item, 'totals');
      part.totals.unpack(totals);
      part.deltas += 1;
      pane.deltas += 1;
      pane.bytes += totals.length;
      const first = pane.lineage[name]?.first ?? textOf(item, 'firstSequenceNumber');
      const last = textOf(item, 'lastSequenceNumber');
      pane.lineage = { ...pane.lineage, [name]: { first, last } };
    }
  }

  #partOf(pane: PaneState<Event>, fromEndMs: number): Part<Event> {
    const known = pane.parts.get(fromEndMs);
    if (known) return known;
    const part = { deltas: 0, totals: new Totals(this.#job.accumulators) };
    pane.parts.set(fromEndMs, part);
    return part;
  }

  async #read(paneStartMs: number): Promise<PaneState<Event>> {
    for (let attempt = 1; attempt <= readsMax; attempt += 1) {
      const pane = emptyPane<Event>();
      const row = await this.#parts.store.get(baseKey(this.#job, paneStartMs));
      if (!row) return pane;
      const name = textOf(row, 'name');
      const segments = numberOf(row, 'segments');
      const keys = this.#segmentKeys(paneStartMs, name, segments);
      const items = await this.#parts.store.getMany(keys);
      // Another base has taken its place meanwhile, and its segments are gone.
      if (items.some((item) => item === undefined)) continue;
      for (const [control, version] of JSON.parse(textOf(row, 'cut')) as [string, number][]) {
        pane.cut.set(control, version);
      }
      for (const [fromEndMs, deltas] of JSON.parse(textOf(row, 'deltas')) as [number, number][]) {
        this.#partOf(pane, fromEndMs).deltas = deltas;
      }
      for (const item of items) if (item) this.#unpackSegment(pane, item);
      pane.lineage = JSON.parse(textOf(row, 'lineage'));
      pane.base = {
        version: numberOf(row, 'version'),
        name,
        segments,
        bytes: numberOf(row, 'bytes'),
      };
      return pane;
    }
    throw new Error(
      `Cannot read the pane from ${paneStartMs} of ${this.#job.name}: parts of its base are missing`,
    );
  }

  #unpackSegment(pane: PaneState<Event>, item: Item): void {
    this.#partOf(pane, numberOf(item, 'fromEndMs')).totals.unpack(textOf(item, 'entries'));
  }

  #segmentKeys(paneStartMs: number, name: string, segments: number): ItemKey[] {
    return Array.from({ length: segments }, (_, index) =>
      segmentKey(this.#job, paneStartMs, name, index),
    );
  }

  async #write(paneStartMs: number, pane: PaneState<Event>): Promise<void> {
    const { store, now } = this.#parts;
    if (await this.#adopt(paneStartMs, pane)) return;
    const cut = JSON.stringify([...pane.cut].sort());
    const version = pane.base.version + 1;
    const expiresAt = expiryOf(now() + windowSpanMs(this.#job));
    const packed = [...pane.parts].flatMap(([fromEndMs, { totals }]) =>
      [...totals.packInParts(itemBytesMax)].map((entries) => ({ fromEndMs, entries })),
    );
    if (packed.some(({ entries }) => utf8.encode(entries).length > segmentBytesMax)) {
      // The state of one key does not fit an item. Its deltas do: they stay what is read.
      pane.deltas = 0;
      pane.bytes = 0;
      return;
    }
    // Another closer may write at the same time: equal names have equal bytes.
    const name = `${version}-${hash53(packed.map(({ fromEndMs, entries }) => `${fromEndMs}:${entries}`).join())}`;
    let bytes = 0;
    for (const [index, { fromEndMs, entries }] of packed.entries()) {
      const key = segmentKey(this.#job, paneStartMs, name, index);
      const put = { codec: codecVersion, fromEndMs, entries, expiresAt };
      // A base is an economy: where somebody is in the way, it is left for another time.
      if (!(await tolerateRefusal(() => store.transact([{ key, put }])))) return;
      bytes += entries.length;
    }
    const segments = packed.length;
    const pointer: Write = {
      key: baseKey(this.#job, paneStartMs),
      condition:
        pane.base.version === 0
          ? { absent: true }
          : { attribute: 'version', equals: pane.base.version },
      put: {
        codec: codecVersion,
        version,
        name,
        segments,
        bytes,
        cut,
        deltas: JSON.stringify([...pane.parts].map(([from, { deltas }]) => [from, deltas])),
        lineage: JSON.stringify(pane.lineage),
        expiresAt,
      },
    };
    const old = pane.base;
    if (await tolerateRefusal(() => store.transact([pointer]))) {
      pane.base = { version, name, segments, bytes };
      await store.remove(this.#segmentKeys(paneStartMs, old.name, old.segments));
    } else if ((await this.#adopt(paneStartMs, pane)) && pane.base.name !== name) {
      await store.remove(this.#segmentKeys(paneStartMs, name, segments));
    }
    pane.deltas = 0;
    pane.bytes = 0;
  }

  /** Takes note of a base that another closer has written: what is remembered stays right. */
  async #adopt(paneStartMs: number, pane: PaneState<Event>): Promise<boolean> {
    const row = await this.#parts.store.get(baseKey(this.#job, paneStartMs));
    if (!row || numberOf(row, 'version') === pane.base.version) return false;
    pane.base = {
      version: numberOf(row, 'version'),
      name: textOf(row, 'name'),
      segments: numberOf(row, 'segments'),
      bytes: numberOf(row, 'bytes'),
    };
    pane.deltas = 0;
    pane.bytes = 0;
    return true;
  }
}

function emptyPane<Event>(): PaneState<Event> {
  return {
    cut: new Map(),
    parts: new Map(),
    lineage: {},
    base: { version: 0, name: '', segments: 0, bytes: 0 },
    deltas: 0,
    bytes: 0,
  };
}
