import { insightRecord } from '../../shared/events/insight.ts';
import { occurredAt } from '../../shared/events/insight-types.ts';
import type { Outlet } from '../../shared/jobs/outlet.ts';
import type { Emission } from '../../shared/stream/job.ts';
import { codecVersion, textOf } from '../../shared/stream/state/control.ts';
import {
  keptKey,
  outboxPartition,
  outboxSk,
  type Run,
  wholePartition,
} from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

/** What was decided at a moment that is past is nobody's to act on: it is told to nobody. */
const pastForGood = new Set(['alert', 'fraud-case']);
/** Written in one transaction, within its items and bytes. */
const keptAtOnce = 25;

/**
 * The outlet of a rule that is told its history. No result says what it says, so it is kept until the
 * run is live. An emission leaves the outbox when it is kept: what a killed teller left there is taken
 * by the next.
 */
export class KeepingOutlet implements Outlet {
  readonly #store: StateStore;
  readonly #isShadow: () => Promise<boolean>;

  /** @param isShadow reads anew whether the run is still in the shadow: else all is said to the world. */
  constructor(store: StateStore, isShadow: () => Promise<boolean>) {
    this.#store = store;
    this.#isShadow = isShadow;
  }

  async publish(run: Run, emissions: readonly Emission[]): Promise<void> {
    if (emissions.length === 0 || !(await this.#isShadow())) return;
    const kept = emissions.filter(({ type }) => !pastForGood.has(type));
    for (let first = 0; first < kept.length; first += keptAtOnce) {
      await this.#store.transact(
        kept.slice(first, first + keptAtOnce).map((emission) => ({
          key: keptKey(run, occurredAt(insightRecord(run, emission)) ?? 0, emission),
          put: { codec: codecVersion, emission: JSON.stringify(emission) },
        })),
      );
    }
    const outbox = outboxPartition(run);
    await this.#store.remove(emissions.map((emission) => ({ ...outbox, sk: outboxSk(emission) })));
  }

  async sweep(run: Run): Promise<number> {
    const rows = await this.#store.query(outboxPartition(run), wholePartition);
    await this.publish(
      run,
      rows.map((row): Emission => JSON.parse(textOf(row, 'emission'))),
    );
    return 0;
  }
}
