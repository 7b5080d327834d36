import { nextTick } from 'node:process';

/** Something that runs in a simulation: an invocation, a poller, a producer. */
export class Process {
  readonly name: string;
  /** A killed process stops where it waits, and never learns of it. */
  alive = true;

  constructor(name: string) {
    this.name = name;
  }
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly process: Process;
  readonly wake: () => void;
}

/**
 * Time that passes only when everything waits. One process runs at once, from where it waited to
 * where it waits next, so a history is decided by the delays alone.
 */
export class VirtualClock {
  /** Units of time since the beginning. */
  now = 0;
  /** How often a process was woken. */
  steps = 0;
  readonly #stepsMax: number;
  /** Set when nothing that could still happen matters. */
  isStopped = false;
  readonly #heap: Waiting[] = [];
  #order = 0;

  /** @param stepsMax more than any history needs: one that takes longer makes no progress. */
  constructor(stepsMax: number) {
    this.#stepsMax = stepsMax;
  }

  /** Waits; that of a process killed meanwhile never comes back. */
  sleep(process: Process, units: number): Promise<void> {
    return new Promise((wake) => {
      if (!process.alive) return;
      this.#order += 1;
      this.#push({ at: this.now + units, order: this.#order, process, wake });
    });
  }

  /** Lets time pass until nothing waits any more, or it is stopped. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        let next = this.#pop();
        while (next && !next.process.alive) next = this.#pop();
        if (!next || this.isStopped) {
          resolve();
          return;
        }
        this.steps += 1;
        if (this.steps > this.#stepsMax) {
          reject(new Error(`no progress: still running after ${this.#stepsMax} steps`));
          return;
        }
        this.now = next.at;
        next.wake();
        // A tick that a microtask asks for comes when there are no more microtasks: by then the
        // process waits again, or has ended.
        queueMicrotask(() => nextTick(step));
      };
      nextTick(step);
    });
  }

  #push(waiting: Waiting): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(waiting);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, waiting)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = waiting;
  }

  #pop(): Waiting | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const smaller = right && left && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
      const below = heap[smaller];
      if (!below || isBefore(last, below)) break;
      heap[index] = below;
      index = smaller;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
