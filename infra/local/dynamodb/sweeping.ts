interface Sweepable {
  sweep(): Promise<void>;
}

/** Sweeps in the background, one sweep at a time. A failed sweep is reported and tried again. */
export class Sweeping {
  readonly #timer: NodeJS.Timeout;
  #current: Promise<void> | undefined;

  constructor(sweepables: readonly Sweepable[], intervalMs: number) {
    this.#timer = setInterval(() => {
      this.#current ??= sweepAll(sweepables).finally(() => {
        this.#current = undefined;
      });
    }, intervalMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#current;
  }
}

async function sweepAll(sweepables: readonly Sweepable[]): Promise<void> {
  for (const sweepable of sweepables) {
    try {
      await sweepable.sweep();
    } catch (error) {
      process.emitWarning(`Cannot sweep expired DynamoDB data: ${String(error)}`);
    }
  }
}
