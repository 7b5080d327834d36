import type { Emission } from '../stream/job.ts';

/**
 * Tells what the transactions of a batch said while the batch goes on, in their order: the first of
 * a long batch need not wait for its last. What comes while others are being told goes out together
 * after them; after a failure nothing more is told.
 */
export class Relay {
  readonly #publish: (emissions: readonly Emission[]) => Promise<void>;
  #waiting: Emission[] = [];
  #telling: Promise<void> = Promise.resolve();

  constructor(publish: (emissions: readonly Emission[]) => Promise<void>) {
    this.#publish = publish;
  }

  /** Takes what a transaction has put into the outbox. */
  readonly add = (emissions: readonly Emission[]): void => {
    if (emissions.length === 0) return;
    this.#waiting.push(...emissions);
    this.#telling = this.#telling.then(() => this.#tell());
    // Heard by who awaits the end; until then it must not count as unheard.
    this.#telling.catch(() => undefined);
  };

  /** Resolves when everything is told; rejects with what kept it from that. */
  end(): Promise<void> {
    return this.#telling;
  }

  async #tell(): Promise<void> {
    const emissions = this.#waiting;
    this.#waiting = [];
    if (emissions.length > 0) await this.#publish(emissions);
  }
}
