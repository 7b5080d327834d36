/** Small, fast and seedable: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

/** Lets everything that waits go on one step at a time, in an order drawn by chance. */
export class Scheduler {
  readonly #random: Random;
  readonly #waiting: { readonly task: number; readonly resume: () => void }[] = [];
  readonly #killed = new Set<number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** One scheduling point of a task; that of a killed task never comes back. */
  turn(task: number): Promise<void> {
    return new Promise((resume) => {
      if (!this.#killed.has(task)) this.#waiting.push({ task, resume });
    });
  }

  /** The task stops where it is, as a process does. */
  kill(task: number): void {
    this.#killed.add(task);
    const alive = this.#waiting.filter((waiting) => waiting.task !== task);
    this.#waiting.splice(0, this.#waiting.length, ...alive);
  }

  /** Wakes one waiting task and lets it run to its next scheduling point; false if none waits. */
  async step(): Promise<boolean> {
    const [next] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
    next?.resume();
    // Everything that the step set free runs in microtasks, before the next timer.
    await new Promise((resolve) => setImmediate(resolve));
    return next !== undefined;
  }
}
