import type { Emission } from '../stream/job.ts';
import type { Run } from '../stream/state/layout.ts';

/** Where the emissions of a run go once they are committed. */
export interface Outlet {
  /** Takes emissions that a commit has just put into the outbox. */
  publish(run: Run, emissions: readonly Emission[]): Promise<void>;
  /** Takes what earlier invocations left in the outbox; answers how many there were. */
  sweep(run: Run): Promise<number>;
}
