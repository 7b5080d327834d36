import type { Random } from '../../shared/random/random.ts';

/** What fraudsters do, by the names under which the labels know them. */
export const fraudPatterns = [
  'burst',
  'stolenCards',
  'sharedIdentity',
  'unusualAmount',
  'accountTakeover',
] as const;
export type FraudPattern = (typeof fraudPatterns)[number];

/** An order of a fraudster, which comes on top of the actions that are drawn. */
export interface FraudOrder {
  readonly atMs: number;
  /** Different products in it. */
  readonly lines: number;
  readonly wants: 'popular' | 'expensive';
  /** What it shall come to, about; undefined: one to three pieces of each product. */
  readonly valueCents: number | undefined;
  /** Cards that are declined before one is taken, each a different one. */
  readonly declinedCards: number;
  /** Whether the card that is taken in the end is not the account's own. */
  readonly foreignCard: boolean;
}

const secondMs = 1_000;

/**
 * The orders of a fraudster in one session. How many, how far apart and how large is drawn from wide
 * ranges that know nothing of any rule's thresholds.
 *
 * @param session its beginning and length, in epoch milliseconds.
 */
export function drawFraudOrders(
  pattern: FraudPattern,
  session: { readonly startMs: number; readonly lengthMs: number },
  random: Random,
): readonly FraudOrder[] {
  const { startMs, lengthMs } = session;
  const plain = {
    lines: random.integer(1, 2),
    wants: 'popular',
    valueCents: undefined,
    declinedCards: 0,
    foreignCard: false,
  } as const;
  const some = (count: number, gapMs: () => number, order: () => Omit<FraudOrder, 'atMs'>) => {
    let atMs = startMs + Math.floor(random.next() * lengthMs * 0.5);
    return Array.from({ length: count }, () => {
      const made = { atMs: Math.min(atMs, startMs + lengthMs), ...order() };
      atMs += gapMs();
      return made;
    });
  };
  const seconds = (min: number, max: number) => () => random.integer(min, max) * secondMs;
  switch (pattern) {
    case 'burst':
      return some(random.integer(4, 14), seconds(2, 15), () => ({
        ...plain,
        lines: random.integer(1, 2),
      }));
    case 'stolenCards':
      return some(random.integer(1, 3), seconds(30, 240), () => ({
        ...plain,
        wants: random.chance(0.5) ? 'expensive' : 'popular',
        declinedCards: random.integer(1, 7),
        foreignCard: true,
      }));
    case 'sharedIdentity':
      return some(random.integer(1, 2), seconds(60, 600), () => ({
        ...plain,
        lines: random.integer(1, 3),
        wants: random.chance(0.4) ? 'expensive' : 'popular',
      }));
    case 'unusualAmount':
      return some(1, seconds(1, 1), () => ({
        ...plain,
        lines: random.integer(1, 4),
        wants: random.chance(0.6) ? 'expensive' : 'popular',
        // Even on the scale of the logarithm, from a rich basket to all that a sale may be.
        valueCents: Math.round(150_000 * (4_800_000 / 150_000) ** random.next()),
      }));
    case 'accountTakeover':
      return some(random.integer(1, 4), seconds(20, 300), () => ({
        ...plain,
        wants: 'expensive',
        declinedCards: random.chance(0.3) ? 1 : 0,
        foreignCard: true,
      }));
  }
}
