import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './check.ts';

const tries = 4;
const pauseMs = 3_000;

/**
 * Asks again where a fault may be of the moment: two places are read one after the other while the
 * shop goes on. What stays is a fault.
 */
export async function settled(judge: () => Promise<Outcome>): Promise<Outcome> {
  let outcome = await judge();
  for (let repeat = 1; outcome.status === 'fault' && repeat < tries; repeat += 1) {
    await sleep(pauseMs);
    outcome = await judge();
  }
  return outcome;
}
