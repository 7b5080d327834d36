import { numberOf, textOf } from '../../shared/stream/state/control.ts';
import { type Run, resultKey, resultPartition } from '../../shared/stream/state/layout.ts';
import type { Item, StateStore } from '../../shared/stream/state-store.ts';

interface Window {
  readonly startMs: number;
  readonly closed: boolean;
  readonly final: boolean;
}

/**
 * Reads what a job says of its windows, as the live page shows it. Windows that no event can change
 * any more, nor any before them, are read once.
 */
export class ShownWindows<Shown extends Window> {
  readonly #store: StateStore;
  readonly #schema: { parse(value: unknown): Shown };
  #generation: number | undefined;
  #settled: readonly Shown[] = [];

  /** @param schema of what is shown of a window, which leaves out the rest. */
  constructor(store: StateStore, schema: { parse(value: unknown): Shown }) {
    this.#store = store;
    this.#schema = schema;
  }

  /** Those that start from `firstMs` to `lastMs`, the newest first. */
  async between(job: Run, firstMs: number, lastMs: number): Promise<readonly Shown[]> {
    if (this.#generation !== job.generation) this.#settled = [];
    this.#generation = job.generation;
    const kept = this.#settled.filter(({ startMs }) => startMs >= firstMs);
    const settledMs = kept[0]?.startMs;
    const items = await this.#store.query(resultPartition(job), {
      from: resultKey(job, settledMs === undefined ? firstMs : settledMs + 1).sk,
      to: resultKey(job, lastMs).sk,
    });
    const windows = [...items.map((item) => this.#shown(item)).toReversed(), ...kept];
    const unsettled = windows.findLastIndex((window) => !window.final);
    this.#settled = windows.slice(unsettled + 1);
    return windows;
  }

  #shown(item: Item): Shown {
    return this.#schema.parse({
      ...JSON.parse(textOf(item, 'data')),
      startMs: numberOf(item, 'startMs'),
      endMs: numberOf(item, 'endMs'),
      revision: numberOf(item, 'revision'),
      closed: item.attributes['closed'] === true,
      final: item.attributes['final'] === true,
    });
  }
}
