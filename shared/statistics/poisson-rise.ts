/**
 * How likely a count of events is to reach `now` where the true rate is the one that brought `before`
 * in a stretch of equal length: two Poisson counts compared given their sum, of which each event then
 * falls into either stretch like a coin (Przyborowski and Wilenski, “Homogeneity of results in testing
 * samples from Poisson series”, 1940). One-sided and exact; both counts may be small.
 *
 * Only the four operations of arithmetic are used, so that every machine gives the same bits.
 *
 * @param now how many events there are now, an integer from 0 on.
 * @param before how many there were in the stretch before.
 * @returns the probability, right to a relative 10⁻¹²; 0 where it is below the smallest double.
 * @throws RangeError unless both are integers from 0 on.
 */
export function poissonRise(now: number, before: number): number {
  for (const count of [now, before]) {
    if (Number.isSafeInteger(count) && count >= 0) continue;
    throw new RangeError(
      `Cannot compare counts: they must be integers from 0 on: received ${now} and ${before}`,
    );
  }
  const total = now + before;
  return now > before ? headsTail(now, total) : 1 - headsTail(before + 1, total);
}

/** P(heads ≥ least) of so many fair coins, where `least` lies above half of them. */
function headsTail(least: number, coins: number): number {
  if (least > coins) return 0;
  let sum = 1;
  let ratio = 1;
  for (let heads = least; heads < coins && ratio > sum * Number.EPSILON; heads += 1) {
    ratio *= (coins - heads) / (heads + 1);
    sum += ratio;
  }
  // The first term is a binomial coefficient of this many factors, halved once for each coin.
  let term = sum;
  let halved = 0;
  for (let factor = 1; factor <= coins - least; factor += 1) {
    term *= (least + factor) / factor;
    for (; term > 1 && halved < coins; halved += 1) term /= 2;
  }
  for (; halved < coins && term > 0; halved += 1) term /= 2;
  return term;
}
