import type { Random } from '../../shared/random/random.ts';

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
    const [next] = this.#waiting.splice(this.#random.integer(0, this.#waiting.length - 1), 1);
    next?.resume();
    // Everything that the step set free runs in microtasks, before the next timer.
    await new Promise((resolve) => setImmediate(resolve));
    return next !== undefined;
  }
}
