import { createWorkerCalls, type WorkerCalls } from '../worker-calls.ts';
import type { QueryOutcome, QueryRequest } from './engine.ts';
import type { EngineRequest } from './engine-worker.ts';

/** The engine in a thread of its own: neither translation nor queries hold up the others. */
export interface EngineThread {
  run(query: QueryRequest, folders: readonly string[]): Promise<QueryOutcome>;
  cancel(id: string): Promise<void>;
  warm(folders: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

type Calls = WorkerCalls<EngineRequest, QueryOutcome | undefined>;

/**
 * The folders an engine may read are fixed when it starts. When a statement adds a table elsewhere,
 * the next query gets a new engine, and the old one ends with its last query.
 */
export function createEngineThread(): EngineThread {
  let current: { calls: Calls; key: string; running: Map<string, Promise<unknown>> } | undefined;
  const all = new Set<Calls>();

  function engineFor(folders: readonly string[]) {
    const key = folders.join('\n');
    if (current?.key === key) return current;
    const old = current;
    if (old) void Promise.allSettled(old.running.values()).then(() => old.calls.close());
    const calls: Calls = createWorkerCalls(new URL('./engine-worker.ts', import.meta.url), {
      folders,
    });
    all.add(calls);
    current = { calls, key, running: new Map() };
    return current;
  }

  return {
    async run(query, folders) {
      const { calls, running } = engineFor(folders);
      const outcome = calls.call({ kind: 'run', query });
      running.set(query.id, outcome);
      try {
        const result = await outcome;
        if (!result) throw new Error('Cannot run query: the engine gave no result');
        return result;
      } finally {
        running.delete(query.id);
      }
    },
    async cancel(id) {
      await current?.calls.call({ kind: 'cancel', id });
    },
    async warm(folders) {
      await engineFor(folders).calls.call({ kind: 'warm' });
    },
    async close() {
      // Whether it hears of it or has ended by itself, it is closed next.
      for (const id of current?.running.keys() ?? []) {
        current?.calls.call({ kind: 'cancel', id }).catch(() => undefined);
      }
      await Promise.all([...all].map((calls) => calls.close()));
    },
  };
}
