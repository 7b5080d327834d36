/**
 * 2^p registers, each the highest rank (place of the first set bit, from 1) among the hashes that
 * begin with its index: HyperLogLog of Flajolet, Fusy, Gandouet and Meunier (2007), with a hash so
 * wide that it needs no correction for large numbers, as Heule, Nunkesser and Hall do (HyperLogLog
 * in Practice, 2013). The standard error is 1.04 / √(2^p).
 */
export type Registers = Uint8Array;

/** Bits of the hash that {@link note} takes. */
const hashBits = 53;
/** Its upper part, so many bits, is cut off to get at 32-bit words. */
const upperBits = hashBits - 32;

/** Registers of nothing, 2^precision of them; precision from 8 to 14. */
export function zeroRegisters(precision: number): Registers {
  return new Uint8Array(2 ** precision);
}

/** Notes one evenly spread hash of 53 bits, in place. */
export function note(registers: Registers, hash: number): Registers {
  const precision = Math.log2(registers.length);
  const upper = Math.floor(hash / 2 ** 32);
  const index = upper >>> (upperBits - precision);
  // The bits after the index, from the highest on.
  const rest = upper & (2 ** (upperBits - precision) - 1);
  const zeros =
    rest === 0
      ? upperBits - precision + Math.clz32(hash >>> 0)
      : Math.clz32(rest) - (32 - (upperBits - precision));
  if (zeros + 1 > (registers[index] ?? 0)) registers[index] = zeros + 1;
  return registers;
}

/** Notes several hashes, in place. */
export function noteAll(registers: Registers, hashes: Iterable<number>): Registers {
  for (const hash of hashes) note(registers, hash);
  return registers;
}

/** Takes in what other registers of the same precision have noted, in place. */
export function join(registers: Registers, more: Registers): Registers {
  for (let index = 0; index < registers.length; index += 1) {
    const rank = more[index] ?? 0;
    if (rank > (registers[index] ?? 0)) registers[index] = rank;
  }
  return registers;
}

/**
 * How many different hashes were noted, rounded: the estimator of Ertl (New cardinality estimation
 * algorithms for HyperLogLog sketches, 2017, algorithm 6), whose bias is small against the
 * error at any number, without a table of corrections.
 */
export function estimate(registers: Registers): number {
  const size = registers.length;
  const rankMax = hashBits - Math.log2(size) + 1;
  const counts = new Array<number>(rankMax + 1).fill(0);
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1;
  let sum = size * tau(1 - (counts[rankMax] ?? 0) / size);
  for (let rank = rankMax - 1; rank >= 1; rank -= 1) sum = (sum + (counts[rank] ?? 0)) / 2;
  sum += size * sigma((counts[0] ?? 0) / size);
  return Math.round(size ** 2 / (2 * Math.LN2 * sum));
}

/** x + Σ x^(2^k) · 2^(k−1), for the registers that noted nothing. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let sum = share;
  for (let power = share, weight = 1, before = -1; sum !== before; weight *= 2) {
    before = sum;
    power *= power;
    sum += power * weight;
  }
  return sum;
}

/** (1 − x − Σ (1 − x^(2^−k))² · 2^−k) / 3, for the registers that can rise no more. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let sum = 1 - share;
  for (let root = share, weight = 1, before = -1; sum !== before; ) {
    before = sum;
    root = Math.sqrt(root);
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
