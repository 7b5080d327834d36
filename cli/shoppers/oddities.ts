import type { Random } from '../../shared/random/random.ts';

/** What honest people do now and then, too, so that not everything odd is fraud. */
export const oddities = ['gift', 'newDevice', 'largeBasket', 'declinedCard'] as const;
export type Oddity = (typeof oddities)[number];

const ODD_SHARE = 0.02;

/** What is odd about an honest session; mostly nothing. */
export function drawOddity(random: Random): Oddity | undefined {
  return random.chance(ODD_SHARE) ? random.pick(oddities) : undefined;
}
