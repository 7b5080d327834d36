import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { drawProxyIp } from './addresses.ts';
import type { Crowd } from './crowd.ts';
import { drawFraudOrders, type FraudPattern, fraudPatterns } from './fraud-patterns.ts';
import { type Guise, makeGuise, makeIdentity } from './identity.ts';
import { RequestFailed } from './shop-client.ts';
import { Shopper, type Surroundings } from './shopper.ts';
import { shuffle } from './shuffle.ts';
import { Visit } from './visit.ts';

/** Fraudsters among a crowd without an end. */
interface FraudOptions {
  readonly around: Surroundings;
  /** Whose accounts are taken over. */
  readonly crowd: Crowd;
  /** Part of every name, unlike that of any other run. */
  readonly runId: string;
  readonly seed: number;
  /** One comes in each such time. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

const RING_ACCOUNTS = 3;
/** Most of what one does is over by then. */
const SESSION_MS = 60_000;

/** Lets one fraudster after the other come, the patterns in turn, until the signal. */
export async function keepDefrauding(options: FraudOptions): Promise<void> {
  const { seed, everyMs, signal } = options;
  const random = createRandom(seed);
  let turns: readonly FraudPattern[] = [];
  await pause(everyMs / 4, signal);
  for (let number = 1; !signal.aborted; number += 1) {
    if (turns.length === 0) turns = shuffle(fraudPatterns, random);
    const [pattern, ...others] = turns;
    turns = others;
    const own = createRandom(seed + number);
    const working = pattern && defraud(options, pattern, number, own);
    await Promise.all([working, pause(everyMs, signal)]);
  }
}

/** What the shop refuses is counted: a fraudster bears it, too. */
async function defraud(
  { around, crowd, runId, signal }: FraudOptions,
  pattern: FraudPattern,
  number: number,
  random: Random,
): Promise<void> {
  const order = async (shopper: Shopper, guise: Guise, account: number): Promise<void> => {
    const session = { startMs: Date.now(), lengthMs: SESSION_MS };
    const sessionId = `s${runId}-f${number}-${account}`;
    const visit = new Visit({ sessionId, guise, purpose: 'buy', pattern }, around.catalogue);
    const orders = drawFraudOrders(pattern, session, random);
    // Whoever has come begins at once.
    const earlierMs = (orders[0]?.atMs ?? 0) - session.startMs;
    for (const planned of orders) {
      await pause(planned.atMs - earlierMs - Date.now(), signal);
      if (!signal.aborted) await shopper.orderFraudulently(planned, visit, random);
    }
  };
  const signUp = async (shown: Partial<Guise>, account: number): Promise<void> => {
    const name = `s${runId}-f${number}-${account}`;
    const identity = { ...makeIdentity(random, name), ...shown };
    await order(await Shopper.signUp(around, identity, Date.now()), identity, account);
  };
  around.counts.add('fraudsters');
  try {
    if (pattern === 'accountTakeover') {
      await crowd.lend(random, (shopper) => order(shopper, makeGuise(random), 0));
    } else if (pattern === 'sharedIdentity') {
      const { cardNumber: _, ...shared } = makeGuise(random);
      for (let account = 0; account < RING_ACCOUNTS; account++) await signUp(shared, account);
    } else {
      await signUp(pattern === 'stolenCards' ? { ip: drawProxyIp(random) } : {}, 0);
    }
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
    around.counts.error(error.kind);
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, durationMs), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
