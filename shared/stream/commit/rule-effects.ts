import type { Emission, RuleJob } from '../job.ts';
import type { ShardId } from '../record.ts';
import type { Control } from '../state/control.ts';
import type { Write } from '../state-store.ts';
import {
  effectItemsMax,
  type Outcome,
  reasonOf,
  type SequenceRange,
  transactionBytesMax,
} from './effects.ts';
import type { KnownIdentities } from './known-identities.ts';
import { Outbox } from './outbox.ts';
import { PanedEffects } from './paned-effects.ts';

/** Effects of a rule that looks at each event alone. */
export class RuleEffects<Event> extends PanedEffects<Event> {
  readonly #rule: RuleJob<Event>;
  readonly #outbox: Outbox;

  constructor(
    job: RuleJob<Event>,
    shard: ShardId,
    control: Control,
    identities: KnownIdentities<Event>,
  ) {
    super(job, shard, control, identities);
    this.#rule = job;
    this.#outbox = new Outbox(job);
  }

  override get emissions(): readonly Emission[] {
    return this.#outbox.emissions;
  }

  protected override consider(event: Event): Outcome {
    try {
      const prepared = this.#outbox.prepare(this.#rule.evaluate(event));
      if (prepared.length > effectItemsMax) {
        return { refused: `it says ${prepared.length} things, of ${effectItemsMax} at most` };
      }
      if (this.#outbox.size + prepared.length > effectItemsMax) return 'full';
      if (this.#outbox.bytes >= transactionBytesMax) return 'full';
      this.#outbox.add(prepared);
      return 'counted';
    } catch (error) {
      return { refused: reasonOf(error) };
    }
  }

  override writes(version: number, range: SequenceRange, expiresAt: number): Write[] {
    return [...this.#outbox.writes, ...super.writes(version, range, expiresAt)];
  }
}
