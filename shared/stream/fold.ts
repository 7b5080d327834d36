import { mergeTotals, type Totals } from './accumulator.ts';
import { codecVersion, numberOf, textOf } from './control.ts';
import { expiryOf } from './expiry.ts';
import type { WindowedJob } from './job.ts';
import { baseKey, deltaSk, panePartition, shardOfControl } from './layout.ts';
import { type StateStore, tolerateRefusal } from './state-store.ts';

/** First and last sequence number that went into a pane, per shard. */
type Lineage = Readonly<Record<string, { readonly first: string; readonly last: string }>>;

/** Everything folded into a pane so far. */
export interface Base {
  readonly version: number;
  /** Per shard the version up to which its deltas are in. */
  readonly cut: ReadonlyMap<string, number>;
  /** How many deltas are in: it grows if and only if the totals may have changed. */
  readonly deltas: number;
  readonly totals: ReadonlyMap<string, Totals>;
  readonly lineage: Lineage;
}

const emptyBase: Base = { version: 0, cut: new Map(), deltas: 0, totals: new Map(), lineage: {} };

/**
 * Folds the deltas of panes into their bases. Any number of closers may fold at once: a base is
 * replaced only if its version is unchanged, so each delta is folded once.
 */
export class Folder<Event> {
  readonly #job: WindowedJob<Event>;
  readonly #store: StateStore;
  readonly #now: () => number;
  readonly #known = new Map<number, Base>();

  constructor(job: WindowedJob<Event>, store: StateStore, now: () => number) {
    this.#job = job;
    this.#store = store;
    this.#now = now;
  }

  /**
   * @param vouched per control row (its sort key) the version of its last delta in this pane, read
   * before. Deltas up to it are in the table; later ones a query could show with earlier missing.
   * @param toldDeltas how many deltas the result speaks of; a remembered base with fewer is old.
   */
  async fold(
    paneStartMs: number,
    vouched: ReadonlyMap<string, number>,
    toldDeltas: number,
  ): Promise<Base> {
    for (;;) {
      const known = this.#known.get(paneStartMs);
      const isKnown = known !== undefined && known.deltas >= toldDeltas;
      const base = isKnown ? known : await this.#read(paneStartMs);
      const next = await this.#add(paneStartMs, base, vouched);
      if (next === base || (await this.#write(paneStartMs, base, next))) {
        this.#known.set(paneStartMs, next);
        return next;
      }
      this.#known.delete(paneStartMs);
    }
  }

  /** Drops what is remembered of panes that are done. */
  forget(isDone: (paneStartMs: number) => boolean): void {
    for (const pane of this.#known.keys()) if (isDone(pane)) this.#known.delete(pane);
  }

  async #add(pane: number, base: Base, vouched: ReadonlyMap<string, number>): Promise<Base> {
    const cut = new Map(base.cut);
    const totals = new Map(base.totals);
    const lineage = { ...base.lineage };
    const accumulators = Object.values(this.#job.accumulators);
    let deltas = base.deltas;
    for (const [control, version] of vouched) {
      const from = (cut.get(control) ?? 0) + 1;
      if (from > version) continue;
      const shard = shardOfControl(control);
      const items = await this.#store.query(panePartition(this.#job, pane), {
        from: deltaSk(shard, from),
        to: deltaSk(shard, version),
      });
      for (const item of items) {
        const packed: [string, Totals][] = JSON.parse(textOf(item, 'totals'));
        for (const [key, more] of packed) {
          totals.set(key, mergeTotals(accumulators, totals.get(key), more));
        }
        const name = `${shard.stream}/${shard.shard}`;
        const first = lineage[name]?.first ?? textOf(item, 'firstSequenceNumber');
        lineage[name] = { first, last: textOf(item, 'lastSequenceNumber') };
        deltas += 1;
      }
      cut.set(control, version);
    }
    if (deltas === base.deltas && cut.size === base.cut.size) return base;
    return { version: base.version + 1, cut, deltas, totals, lineage };
  }

  async #read(pane: number): Promise<Base> {
    const item = await this.#store.get(baseKey(this.#job, pane));
    if (!item) return emptyBase;
    return {
      version: numberOf(item, 'version'),
      deltas: numberOf(item, 'deltas'),
      cut: new Map<string, number>(JSON.parse(textOf(item, 'cut'))),
      totals: new Map<string, Totals>(JSON.parse(textOf(item, 'totals'))),
      lineage: JSON.parse(textOf(item, 'lineage')),
    };
  }

  #write(pane: number, base: Base, next: Base): Promise<boolean> {
    return tolerateRefusal(() =>
      this.#store.transact([
        {
          key: baseKey(this.#job, pane),
          condition:
            base.version === 0 ? { absent: true } : { attribute: 'version', equals: base.version },
          put: {
            codec: codecVersion,
            version: next.version,
            deltas: next.deltas,
            cut: JSON.stringify([...next.cut]),
            totals: JSON.stringify([...next.totals]),
            lineage: JSON.stringify(next.lineage),
            expiresAt: expiryOf(this.#now()),
          },
        },
      ]),
    );
  }
}
