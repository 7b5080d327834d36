import type { EngineParts } from '../parts.ts';
import type { Item, Write } from '../state-store.ts';
import { codecVersion, numberOf, textOf } from './control.ts';
import { expiryOf } from './expiry.ts';
import { type Run, rowKey } from './layout.ts';

/** What is remembered of a key, and the version it was read at (0: there is none). */
export interface Row<State> {
  readonly version: number;
  readonly state: State | undefined;
}

/** So many characters of packed rows are kept in memory between batches. */
const keptLengthMax = 64 * 1024 * 1024;
/** What keeping a row takes beside its text. */
const rowLength = 200;

/**
 * Rows of keyed state, each with its own version: a transaction that was built on an older one is
 * refused, so that keys may come from several shards. Rows are kept in memory without care for
 * their age, for the same reason; what a transaction was refused over is dropped.
 */
export class Rows<State> {
  readonly #run: Run;
  readonly #parts: EngineParts;
  readonly #kept = new Map<string, { readonly row: Row<State>; readonly length: number }>();
  #keptLength = 0;

  constructor(run: Run, parts: EngineParts) {
    this.#run = run;
    this.#parts = parts;
  }

  /** Rows of these keys, which are all different. */
  async read(keys: readonly string[]): Promise<Map<string, Row<State>>> {
    const rows = new Map<string, Row<State>>();
    const missing: string[] = [];
    for (const key of keys) {
      const kept = this.#kept.get(key);
      if (kept) rows.set(key, kept.row);
      else missing.push(key);
    }
    if (missing.length === 0) return rows;
    const items = await this.#parts.store.getMany(missing.map((key) => rowKey(this.#run, key)));
    for (const [index, key] of missing.entries()) {
      const item = items[index];
      const row = toRow<State>(item);
      rows.set(key, row);
      this.keep(key, row, item ? textOf(item, 'state').length : 0);
    }
    return rows;
  }

  /**
   * Puts a new state in place of a row if it is still at its version. Rows are never removed but by
   * their time to live: one that began anew at version 1 could be taken for what it was before.
   *
   * @param packed the new state as JSON.
   */
  write(key: string, row: Row<State>, packed: string, lifetimeMs: number): Write {
    return {
      ...this.check(key, row),
      put: {
        codec: codecVersion,
        version: row.version + 1,
        state: packed,
        expiresAt: expiryOf(this.#parts.now() + lifetimeMs),
      },
    };
  }

  /** The check that a row is still the stored one: what is decided by it is decided by no other. */
  check(key: string, { version }: Row<State>): Write {
    const condition =
      version === 0 ? ({ absent: true } as const) : { attribute: 'version', equals: version };
    return { key: rowKey(this.#run, key), condition };
  }

  /**
   * Remembers what a transaction has written.
   *
   * @param length of the packed state, about.
   */
  keep(key: string, row: Row<State>, length: number): void {
    this.#drop(key);
    this.#kept.set(key, { row, length });
    this.#keptLength += length + key.length + rowLength;
    while (this.#keptLength > keptLengthMax) {
      const [oldest] = this.#kept.keys();
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }

  /** Forgets rows: they may have changed. */
  drop(keys: Iterable<string>): void {
    for (const key of keys) this.#drop(key);
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    this.#keptLength -= kept.length + key.length + rowLength;
  }
}

/** The row of a key, as it is stored. */
export function toRow<State>(item: Item | undefined): Row<State> {
  if (!item) return { version: 0, state: undefined };
  return { version: numberOf(item, 'version'), state: JSON.parse(textOf(item, 'state')) };
}
