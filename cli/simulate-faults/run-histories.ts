import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Outcome } from './history.ts';
import type { Kind, Plan } from './plan.ts';
import type { Task } from './worker.ts';
import type { WorldFault } from './world.ts';

/** Which histories to run, and on what. */
export interface Run {
  readonly seed: number;
  readonly histories: number;
  readonly kind: Kind | 'all';
  readonly fault?: WorldFault | undefined;
  readonly where?: Partial<Plan> | undefined;
  readonly withJournal?: boolean;
  readonly workers: number;
  /** The folder of the project, or of a copy of its engine and simulator. */
  readonly root: string;
  /** Stops when so many histories have failed; undefined: never. */
  readonly failuresMax?: number;
  readonly onOutcomes?: (outcomes: readonly Outcome[]) => void;
}

const seedsPerTask = 10;
/** A task that takes longer hangs: even a slow machine runs its histories within seconds. */
const taskMsMax = 20_000;

/** Runs histories on worker threads. */
export async function runHistories(run: Run): Promise<readonly Outcome[]> {
  const all: Outcome[] = [];
  const end = run.seed + run.histories;
  let next = run.seed;
  let failures = 0;
  const work = async (): Promise<void> => {
    let worker = startWorker(run.root);
    try {
      while (next < end && failures < (run.failuresMax ?? Number.POSITIVE_INFINITY)) {
        const count = Math.min(seedsPerTask, end - next);
        const task: Task = {
          first: next,
          count,
          kind: run.kind,
          fault: run.fault,
          where: run.where,
          withJournal: run.withJournal === true,
        };
        next += count;
        const outcomes = await ask(worker, task);
        if (outcomes[0]?.violations[0] === hanging) {
          await worker.terminate();
          worker = startWorker(run.root);
        }
        failures += outcomes.filter(({ violations }) => violations.length > 0).length;
        all.push(...outcomes);
        run.onOutcomes?.(outcomes);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: run.workers }, work));
  return all.sort((a, b) => a.seed - b.seed);
}

const hanging = 'the engine runs on without end';

function startWorker(root: string): Worker {
  return new Worker(path.join(root, 'cli', 'simulate-faults', 'worker.ts'));
}

async function ask(worker: Worker, task: Task): Promise<readonly Outcome[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Outcome[]>();
  const noTotals = { events: 0, results: 0, revisions: 0, duplicates: 0, late: 0, steps: 0 };
  const timer = setTimeout(() => {
    const kind = task.kind === 'all' ? 'windowed' : task.kind;
    resolve([{ seed: task.first, kind, violations: [hanging], totals: noTotals, journal: [] }]);
  }, taskMsMax);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.postMessage(task);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', resolve);
    worker.off('error', reject);
  }
}
