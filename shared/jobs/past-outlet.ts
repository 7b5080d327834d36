import type { Emission } from '../stream/job.ts';
import { outboxPartition, outboxSk, type Run, wholePartition } from '../stream/state/layout.ts';
import type { StateStore } from '../stream/state-store.ts';
import type { Outlet } from './outlet.ts';

/** A run may become live at any time; it is asked about that often. */
const confirmEveryMs = 1_000;

/**
 * The outlet of a run that is told the past: nobody is to hear what it says, so it is removed from
 * the outbox. An emission is removed only if the run was found not to be live after it had been
 * committed; what was said later is left for the outlet of the live run.
 */
export class PastOutlet implements Outlet {
  readonly #store: StateStore;
  readonly #now: () => number;
  readonly #isShadow: () => Promise<boolean>;
  #unconfirmed: string[] = [];
  #confirmedAtMs = 0;

  /** @param isShadow reads anew whether the run is still in the shadow. */
  constructor(store: StateStore, now: () => number, isShadow: () => Promise<boolean>) {
    this.#store = store;
    this.#now = now;
    this.#isShadow = isShadow;
  }

  async publish(run: Run, emissions: readonly Emission[]): Promise<void> {
    this.#unconfirmed.push(...emissions.map(outboxSk));
    if (Math.abs(this.#now() - this.#confirmedAtMs) < confirmEveryMs) return;
    this.#confirmedAtMs = this.#now();
    const said = this.#unconfirmed;
    this.#unconfirmed = [];
    if (said.length > 0) await this.#removeUnlessLive(run, said);
  }

  async sweep(run: Run): Promise<number> {
    const rows = await this.#store.query(outboxPartition(run), wholePartition);
    if (rows.length > 0) {
      await this.#removeUnlessLive(
        run,
        rows.map(({ sk }) => sk),
      );
    }
    return 0;
  }

  async #removeUnlessLive(run: Run, said: readonly string[]): Promise<void> {
    if (!(await this.#isShadow())) return;
    const partition = outboxPartition(run);
    await this.#store.remove(said.map((sk) => ({ ...partition, sk })));
  }
}
