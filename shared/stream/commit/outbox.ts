import type { Emission } from '../job.ts';
import { codecVersion } from '../state/control.ts';
import { outboxPartition, outboxSk, type Run } from '../state/layout.ts';
import type { Write } from '../state-store.ts';
import { entityFault, itemBytesMax, keyLengthMax } from './effects.ts';
import { utf8Bytes } from './limits.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const sortKeyBytesMax = 1024;

/**
 * The write that puts an emission into the outbox.
 *
 * @throws RangeError when it cannot be stored or published: its name or it is too long, or its
 * entity is no partition key.
 */
export function outboxWrite(run: Run, emission: Emission): Write {
  const sk = outboxSk(emission);
  const packed = JSON.stringify(emission);
  const bytes = utf8Bytes(packed);
  const fault =
    entityFault(emission.entity) ??
    (bytes > itemBytesMax ? `it is longer than ${itemBytesMax} bytes` : undefined) ??
    (utf8Bytes(sk) > sortKeyBytesMax || !sk.isWellFormed() ? 'its id names no item' : undefined);
  if (fault !== undefined) {
    throw new RangeError(
      `Cannot tell ${emission.id.slice(0, keyLengthMax)}: ${fault}: received ${bytes} bytes about "${emission.entity}"`,
    );
  }
  return { key: { ...outboxPartition(run), sk }, put: { codec: codecVersion, emission: packed } };
}

/** What the events of one transaction say: of equal emissions one is enough. */
export class Outbox {
  readonly #run: Run;
  readonly #writes = new Map<string, { readonly emission: Emission; readonly write: Write }>();
  #bytes = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  get size(): number {
    return this.#writes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get emissions(): Emission[] {
    return [...this.#writes.values()].map(({ emission }) => emission);
  }

  get writes(): Write[] {
    return [...this.#writes.values()].map(({ write }) => write);
  }

  /** @throws RangeError when an emission cannot be stored or published. */
  prepare(emissions: readonly Emission[]): (readonly [string, Emission, Write])[] {
    return emissions.map((emission) => [
      outboxSk(emission),
      emission,
      outboxWrite(this.#run, emission),
    ]);
  }

  /** Puts in what was prepared. */
  add(prepared: readonly (readonly [string, Emission, Write])[]): void {
    for (const [sk, emission, write] of prepared) {
      this.#writes.set(sk, { emission, write });
      this.#bytes += String(write.put?.['emission']).length;
    }
  }
}
