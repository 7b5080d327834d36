import type { Random } from '../../shared/random/random.ts';
import type { SessionDraft } from './plan.ts';

/** Someone who will sign up. */
export interface PlannedShopper {
  readonly seed: number;
  /** An earlier shopper who lives at the same address. */
  readonly housemate: number | undefined;
  /** Whether the housemates use one device. */
  readonly sharesDevice: boolean;
  /** Accounts of one ring share address and device. */
  readonly ring: number | undefined;
}

const RETURNING_SHARE = 0.78;
const HOUSEMATE_SHARE = 0.08;
const TRIES_MAX = 5;
const dayMs = 24 * 3_600_000;

/**
 * Decides who comes to each session: someone new, or someone who was here, the likelier the more
 * often. Nobody is in two sessions at once. An account that is taken over has been quiet for a while;
 * where there is none yet, the fraudster tries stolen cards instead.
 *
 * @param drafts in the order of their beginnings.
 */
export function assignShoppers(
  drafts: readonly SessionDraft[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  random: Random,
) {
  const shoppers: PlannedShopper[] = [];
  const busyUntilMs: number[] = [];
  /** Whose honest visits there were, one entry each. */
  const visits: number[] = [];
  const quietMs = Math.min(dayMs, (toMs - fromMs) / 10);

  function signUp(ring: number | undefined): number {
    const isHousemate = random.chance(HOUSEMATE_SHARE) && visits.length > 0 && ring === undefined;
    const housemate = isHousemate ? random.pick(visits) : undefined;
    const seed = Math.floor(random.next() * 2 ** 32);
    shoppers.push({ seed, housemate, sharesDevice: random.chance(0.5), ring });
    return shoppers.length - 1;
  }

  /** Someone who was here and has been away since `sinceMs`, if a few tries find one. */
  function someoneFrom(sinceMs: number): number | undefined {
    for (let tries = 0; tries < TRIES_MAX && visits.length > 0; tries++) {
      const shopper = random.pick(visits);
      if ((busyUntilMs[shopper] ?? 0) < sinceMs) return shopper;
    }
    return undefined;
  }

  const assigned = drafts.map((planned) => {
    const { startMs, lengthMs, pattern, ring } = planned;
    let draft = planned;
    let shopper: number | undefined;
    if (pattern === 'accountTakeover') {
      shopper = someoneFrom(startMs - quietMs);
      if (shopper === undefined) draft = { ...planned, pattern: 'stolenCards' };
    } else if (ring === undefined && random.chance(RETURNING_SHARE)) {
      shopper = someoneFrom(startMs);
    }
    shopper ??= signUp(ring);
    busyUntilMs[shopper] = startMs + lengthMs;
    if (pattern === undefined) visits.push(shopper);
    return { draft, shopper };
  });
  return { shoppers, assigned };
}
