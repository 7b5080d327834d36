import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../stream/accumulator.ts';
import type { Memory } from '../stream/commit/keyed-effects.ts';
import { rowKey } from '../stream/state/layout.ts';
import { toRow } from '../stream/state/rows.ts';
import type { StateStore } from '../stream/state-store.ts';
import { generationsKey, toGenerations } from './generations.ts';

/** Which job's memory is read, and how. */
interface KeyedStatesOptions {
  readonly store: Pick<StateStore, 'getMany'>;
  readonly job: string;
  /** The declared one: read where no other was made the live one. */
  readonly generation: number;
  /** As the job declares it: older memories are none. */
  readonly stateTtlMs: number;
  readonly timeoutMs: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** What a keyed job remembers, for readers outside of it. */
export interface KeyedStates<State> {
  /**
   * What the live generation remembers of keys, as committed; what is not known of is missing. The
   * rows are no snapshot of one moment. One request, but for the first after the generations were
   * swapped.
   *
   * @param keys all different.
   * @throws Error when it takes longer than the timeout, and what the store throws.
   */
  read(keys: readonly string[]): Promise<ReadonlyMap<string, State>>;
}

/** So long a generation is taken for the live one without looking again. */
const liveForMs = 30_000;

/** Reads the memory of a keyed job without taking part in it. */
export function keyedStates<State extends Json>(options: KeyedStatesOptions): KeyedStates<State> {
  const { store, job, stateTtlMs, timeoutMs, now } = options;
  const declared = { name: job, generation: options.generation };
  let live = options.generation;
  let liveUntilMs = Number.NEGATIVE_INFINITY;

  async function readRows(keys: readonly string[]): Promise<ReadonlyMap<string, State>> {
    for (;;) {
      const generation = live;
      const rowKeys = keys.map((key) => rowKey({ name: job, generation }, key));
      const isLive = now() < liveUntilMs;
      const items = await store.getMany(isLive ? rowKeys : [...rowKeys, generationsKey(job)]);
      if (!isLive) {
        live = toGenerations(items.at(-1), declared).live;
        liveUntilMs = now() + liveForMs;
        if (live !== generation) continue;
      }
      const states = new Map<string, State>();
      for (const [index, key] of keys.entries()) {
        const memory = toRow<Memory & { readonly state: State }>(items[index]).state;
        if (memory && now() - memory.atMs <= stateTtlMs) states.set(key, memory.state);
      }
      return states;
    }
  }

  return {
    async read(keys) {
      const timer = new AbortController();
      const tooLate = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
        throw new Error(
          `Cannot read the state of job ${job}: it took too long: received ${keys.length} keys, ${timeoutMs} ms`,
        );
      });
      try {
        return await Promise.race([readRows(keys), tooLate]);
      } finally {
        timer.abort();
        tooLate.catch(() => {});
      }
    },
  };
}
