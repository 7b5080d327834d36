import { createRandom } from '../../shared/random/random.ts';
import type { PlannedShopper } from './assign-shoppers.ts';
import { type Guise, type Identity, makeDevice, makeGuise, makeIdentity } from './identity.ts';
import type { PlannedSession } from './plan.ts';

/** Who the planned shoppers are. */
export interface People {
  /** Who signs up. */
  identityOf(shopper: number): Identity;
  /** What the orders of a session show: now and then another device, and a stranger behind it. */
  guiseIn(session: PlannedSession): Guise;
}

const OTHER_DEVICE_SHARE = 0.2;

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
    identities.push({ ...own, address, country, deviceId, channel });
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
      if (pattern === 'accountTakeover') return makeGuise(random);
      if (pattern !== undefined || !random.chance(OTHER_DEVICE_SHARE)) return identity;
      return { ...identity, ...makeDevice(createRandom((shoppers[shopper]?.seed ?? 0) + 1)) };
    },
  };
}
