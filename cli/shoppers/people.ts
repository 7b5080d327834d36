import { createRandom, type Random } from '../../shared/random/random.ts';
import { makePerson } from '../../shared/shop/seed/make-person.ts';
import { drawIp, drawProxyIp } from './addresses.ts';
import type { PlannedShopper } from './assign-shoppers.ts';
import { type Guise, type Identity, makeDevice, makeGuise, makeIdentity } from './identity.ts';
import { drawOddity, type Oddity } from './oddities.ts';
import type { PlannedSession } from './plan.ts';

/** Who the planned shoppers are. */
export interface People {
  /** Who signs up. */
  identityOf(shopper: number): Identity;
  /** What the orders of a session show: now and then another device, and a stranger behind it. */
  guiseIn(session: PlannedSession): Guise;
  /** What is odd about a session though it is an honest one. */
  oddityIn(session: PlannedSession): Oddity | undefined;
}

const OTHER_DEVICE_SHARE = 0.2;
/** Of strangers in somebody's account, and of accounts of a ring. */
const HIDDEN_SHARE = 0.3;

/** @param runId part of every name, unlike that of any other run. */
export function peopleOf(shoppers: readonly PlannedShopper[], runId: string): People {
  const rings = new Map<number, Guise>();
  const identities: Identity[] = [];
  for (const [number, shopper] of shoppers.entries()) {
    const random = createRandom(shopper.seed);
    const own = makeIdentity(random, `${runId}${number}`);
    const home = shopper.housemate === undefined ? undefined : identities[shopper.housemate];
    const shared = shopper.ring === undefined ? undefined : (rings.get(shopper.ring) ?? own);
    if (shopper.ring !== undefined && shared !== undefined) rings.set(shopper.ring, shared);
    const { address, country } = shared ?? home ?? own;
    const sameDevice = shared ?? (shopper.sharesDevice ? home : undefined);
    const { deviceId, channel } = sameDevice ?? own;
    const { ip } = shared ?? home ?? own;
    identities.push({ ...own, address, country, deviceId, channel, ip });
  }

  function identityOf(shopper: number): Identity {
    const identity = identities[shopper];
    if (identity !== undefined) return identity;
    throw new RangeError(
      `Cannot find shopper: there are ${identities.length}: received ${shopper}`,
    );
  }

  return {
    identityOf,
    guiseIn({ shopper, pattern, seed }) {
      const identity = identityOf(shopper);
      const random = createRandom(seed);
      if (pattern === 'accountTakeover') return hidden(makeGuise(random), HIDDEN_SHARE, random);
      if (pattern === 'sharedIdentity') return hidden(identity, HIDDEN_SHARE, random);
      if (pattern === 'stolenCards') return hidden(identity, 1, random);
      const hasOther = pattern === undefined && random.chance(OTHER_DEVICE_SHARE);
      const other = hasOther && makeDevice(createRandom((shoppers[shopper]?.seed ?? 0) + 1));
      const shown = { ...identity, ...other };
      const guise = { ...shown, ip: drawIp(shown, random) };
      return pattern === undefined ? odd(guise, oddityIn({ pattern, seed }), random) : guise;
    },
    oddityIn,
  };
}

function oddityIn({ pattern, seed }: Pick<PlannedSession, 'pattern' | 'seed'>): Oddity | undefined {
  return pattern === undefined ? drawOddity(createRandom(seed + 1)) : undefined;
}

function hidden(guise: Guise, share: number, random: Random): Guise {
  return random.chance(share) ? { ...guise, ip: drawProxyIp(random) } : guise;
}

function odd(guise: Guise, oddity: Oddity | undefined, random: Random): Guise {
  if (oddity === 'newDevice') return { ...guise, ...makeDevice(random) };
  if (oddity !== 'gift') return guise;
  const { address, country } = makePerson(random);
  return { ...guise, address, country };
}
