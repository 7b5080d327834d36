import { parentPort } from 'node:worker_threads';
import { type Outcome, runHistory } from './history.ts';
import type { Kind, Plan } from './plan.ts';
import type { WorldFault } from './world.ts';

/** Histories to run: those of `count` seeds from `first`. */
export interface Task {
  readonly first: number;
  readonly count: number;
  readonly kind: Kind | 'all';
  readonly fault: WorldFault | undefined;
  readonly where: Partial<Plan> | undefined;
  readonly withJournal: boolean;
}

// Errors are thrown by the thousand here, and nobody reads where.
Error.stackTraceLimit = 0;

parentPort?.on('message', async (task: Task) => {
  const outcomes: Outcome[] = [];
  for (let seed = task.first; seed < task.first + task.count; seed += 1) {
    const { fault, where } = task;
    const journal = task.withJournal ? { journal: [] } : {};
    outcomes.push(await runHistory(seed, task.kind, { fault, where, ...journal }));
  }
  parentPort?.postMessage(outcomes);
});
