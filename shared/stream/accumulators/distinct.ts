import type { Accumulator } from '../accumulator.ts';
import { hash53 } from '../state/identities.ts';
import { estimate, join, note, noteAll, type Registers, zeroRegisters } from './hyper-log-log.ts';

/** How many different texts there were. */
interface Distinct {
  readonly estimate: number;
  /** Whether it is the number itself; see {@link distinct} for the error otherwise. */
  readonly exact: boolean;
}

interface DistinctOptions {
  /** Up to so many it is the number itself. @default 256 */
  readonly exactMax?: number;
  /**
   * From 8 to 14: beyond `exactMax` the standard error is 1.04 / √(2^precision), and packed state
   * has 2^precision bytes. @default 12, for 1.6 % in 4 KB
   */
  readonly precision?: number;
}

/** Hashes while they are few, then registers. Which of the two depends on the set alone. */
type State = Set<number> | Registers;

type Packed = { readonly hashes: string } | { readonly registers: string };

const radix = 36;
/** Registers are packed as one character each; from '#' on JSON escapes none of those needed. */
const firstCharacter = 35;

/**
 * How many different texts are taken from the events. Up to `exactMax` their 53-bit hashes are kept
 * (two of 256 different ones are taken for one with a probability of 4 in 10^12), beyond that a
 * HyperLogLog of the same hashes (see `hyper-log-log.ts`). Both depend only on the set of texts, so
 * any order of events and merges gives the same state and the same estimate.
 *
 * @param of the text; events where it is undefined are passed over.
 * @throws RangeError unless the options are in their bounds.
 */
export function distinct<Event>(
  of: (event: Event) => string | undefined,
  { exactMax = 256, precision = 12 }: DistinctOptions = {},
): Accumulator<Event, Distinct, State> {
  requireInteger('exactMax', exactMax, 0, 10_000);
  requireInteger('precision', precision, 8, 14);
  const settled = (hashes: Set<number>): State =>
    hashes.size <= exactMax ? hashes : noteAll(zeroRegisters(precision), hashes);
  return {
    zero: () => new Set(),
    add: (state, event) => {
      const text = of(event);
      if (text === undefined) return state;
      if (!(state instanceof Set)) return note(state, hash53(text));
      return settled(state.add(hash53(text)));
    },
    merge: (state, more) => {
      if (!(state instanceof Set)) {
        return more instanceof Set ? noteAll(state, more) : join(state, more);
      }
      if (!(more instanceof Set)) return noteAll(more.slice(), state);
      for (const hash of more) state.add(hash);
      return settled(state);
    },
    value: (state) =>
      state instanceof Set
        ? { estimate: state.size, exact: true }
        : { estimate: estimate(state), exact: false },
    pack: (state) =>
      state instanceof Set
        ? { hashes: Array.from(state, (hash) => hash.toString(radix)).join(' ') }
        : { registers: String.fromCharCode(...state.map((rank) => rank + firstCharacter)) },
    unpack: (packed: Packed) => {
      if ('registers' in packed) {
        return Uint8Array.from(packed.registers, (each) => each.charCodeAt(0) - firstCharacter);
      }
      const words = packed.hashes === '' ? [] : packed.hashes.split(' ');
      return new Set(words.map((word) => Number.parseInt(word, radix)));
    },
  };
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot count distinct: ${name} must be an integer from ${least} to ${most}: received ${value}`,
  );
}
