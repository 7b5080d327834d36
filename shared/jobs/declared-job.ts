import type { Job } from '../stream/job.ts';
import type { Run } from '../stream/state/layout.ts';

/** A job in a list of jobs over different events. */
export interface DeclaredJob extends Run {
  /** Streams it reads, by the names that sources use. */
  readonly streams: readonly string[];
  /** Hands the job, with the type of its events, to who works with it. */
  open<Result>(use: <Event>(job: Job<Event>) => Result): Result;
}

/** Makes a job a member of such a list. */
export function declaredJob<Event>(job: Job<Event>): DeclaredJob {
  return {
    name: job.name,
    generation: job.generation,
    streams: job.sources.map(({ stream }) => stream),
    open: (use) => use(job),
  };
}
