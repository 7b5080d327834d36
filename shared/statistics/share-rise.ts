/** A part of a whole, both counted. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/**
 * How likely a share is to be at least what it is `now` where it is the same as `before` in truth:
 * Fisher's exact test, one-sided (R. A. Fisher, “The logic of inductive inference”, 1935). Given how
 * much there is of the part and of the rest in both together, the part that falls into `now` is drawn
 * without return. Nothing is assumed of the wholes, so a busy hour may be held against a quiet one,
 * and one that is not over against a full one.
 *
 * Only the four operations of arithmetic are used, so that every machine gives the same bits.
 *
 * @returns a probability, right to a relative 10⁻¹⁶ for each event of the part; 0 where it is below
 * the smallest double, 1 where nothing came before.
 * @throws RangeError unless all are integers from 0 on and no part exceeds its whole.
 */
export function shareRise(now: Share, before: Share): number {
  for (const { part, whole } of [now, before]) {
    const isCounted = Number.isSafeInteger(part) && Number.isSafeInteger(whole);
    if (isCounted && part >= 0 && part <= whole) continue;
    throw new RangeError(
      `Cannot compare shares: a part must be an integer from 0 to its whole: received ${part} of ${whole}`,
    );
  }
  const parts = now.part + before.part;
  // It could not be less.
  if (now.part <= Math.max(0, parts - before.whole)) return 1;
  let sum = 1;
  let ratio = 1;
  for (let part = now.part; part < Math.min(parts, now.whole); part += 1) {
    const rest = before.whole - parts + part + 1;
    ratio *= ((parts - part) / (part + 1)) * ((now.whole - part) / rest);
    sum += ratio;
    if (ratio < sum * Number.EPSILON) break;
  }
  return Math.min(1, sum * chanceOf(now, before));
}

/**
 * The chance of just these parts: C(A, a) · C(B, b) ∕ C(A + B, a + b). Its factors above one are taken
 * while the product lies below one, and the others while it lies above: it leaves the doubles only
 * where the outcome does.
 */
function chanceOf({ part: a, whole: A }: Share, { part: b, whole: B }: Share): number {
  let chance = 1;
  let up = 0;
  let down = 0;
  while (up < a || down < a + b) {
    if (up < a && (chance <= 1 || down === a + b)) {
      chance *= (b + 1 + up) / (up + 1);
      up += 1;
    } else {
      chance *= (down < a ? A - down : B - (down - a)) / (A + B - down);
      down += 1;
    }
  }
  return chance;
}
