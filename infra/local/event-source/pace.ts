import { setTimeout as sleep } from 'node:timers/promises';
import type { MappingContext } from './mapping-context.ts';

/** When a shard may be read. */
export interface Pace {
  /** Waits until it may be read again, or until the mapping stops. */
  turn(): Promise<void>;
  /** Notes a read that brought records up to the end of the shard. */
  reachedTip(): void;
}

/**
 * Records gather so long before a standard consumer reads them: Lambda's own pollers come once a
 * second. A batch costs about the same whatever its size, so many small ones would heat a laptop for
 * nothing. The first record after a silence does not wait, nor does what has piled up.
 */
export const gatherMsDefault = 200;

/** Fan-out is pushed, and who filters has little to take in: both read at once. */
export function createPace({ mapping, gatherMs, now, signal }: MappingContext): Pace {
  if (!mapping.gathers) return { turn: async () => undefined, reachedTip: () => undefined };
  let tipAtMs = Number.NEGATIVE_INFINITY;
  return {
    async turn() {
      const leftMs = Math.min(gatherMs, tipAtMs + gatherMs - now());
      if (leftMs > 0) await sleep(leftMs, undefined, { signal }).catch(() => undefined);
    },
    reachedTip() {
      tipAtMs = now();
    },
  };
}
