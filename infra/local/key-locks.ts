/**
 * Holds several keys at once. Whoever asks joins the queues of all its keys in one go, so any two
 * holders meet in the same order at every key they share: no deadlock, first come first served.
 */
export class KeyLocks {
  readonly #last = new Map<string, Promise<void>>();

  async hold<Result>(keys: Iterable<string>, work: () => Promise<Result>): Promise<Result> {
    const held = [...new Set(keys)];
    const earlier = held.map((key) => this.#last.get(key));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    for (const key of held) this.#last.set(key, released);
    await Promise.all(earlier);
    try {
      return await work();
    } finally {
      for (const key of held) if (this.#last.get(key) === released) this.#last.delete(key);
      release();
    }
  }
}
