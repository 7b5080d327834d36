import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../shared/random/random.ts';
import { actionShares, actions, drawByShare } from './actions.ts';
import { findCatalogue } from './catalogue.ts';
import { clickSender } from './click-sender.ts';
import { Crowd } from './crowd.ts';
import { keepDefrauding } from './fraudsters.ts';
import { OrderDesk } from './order-desk.ts';
import { shopClient } from './shop-client.ts';
import { countShoppers, type ShopperReport } from './shopper-report.ts';

export interface ShopperOptions {
  /** Address of the shop's API. */
  readonly apiUrl: string;
  /** Actions of all shoppers together. */
  readonly ratePerSecond: number;
  /** The same seed draws the same actions and products. */
  readonly seed: number;
  /** Ends the shopping; what has begun is finished. */
  readonly signal: AbortSignal;
  /** Called every few seconds with what was done so far. */
  readonly onReport?: (report: ShopperReport) => void;
  /**
   * Makes a token of an operator, who tells the shop where its shoppers come from; asked again every
   * hour. @default - all come from the address of this machine
   */
  readonly operatorToken?: () => Promise<string>;
  /** One fraudster comes in each such time. @default - everybody is honest */
  readonly fraudEveryMs?: number;
}

const SHOPPERS_MIN = 5;
const SHOPPERS_MAX = 60;
const FIRST_SHOPPERS = 3;
const JOIN_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 5_000;
const RENEW_EVERY_MS = 3_600_000;

/**
 * Sends a crowd of shoppers into a running shop, through its API alone, until the signal. A shop that
 * cannot keep up with the rate gets as much as it can take, and is not chased for what it missed.
 *
 * @throws Error when there is no shop at the address, or nothing in it to buy.
 * @throws RangeError for a rate that is not above 0.
 */
export async function runShoppers(options: ShopperOptions): Promise<ShopperReport> {
  const { apiUrl, ratePerSecond, seed, signal, onReport } = options;
  if (!(ratePerSecond > 0 && Number.isFinite(ratePerSecond))) {
    throw new RangeError(`Cannot shop: the rate must be above 0: received ${ratePerSecond}`);
  }
  const shop = shopClient(apiUrl);
  const counts = countShoppers();
  const runId = randomBytes(5).toString('hex');
  const clicks = clickSender(shop, counts, { runId, historyToken: undefined });
  const catalogue = await findCatalogue(shop, apiUrl, createRandom(seed));
  let operatorToken = await options.operatorToken?.();
  const desk = new OrderDesk(shop, counts, {
    get operatorToken() {
      return operatorToken;
    },
    tellsTime: false,
  });
  const world = {
    year: new Date().getFullYear(),
    nowMs: Date.now,
    endMs: Number.POSITIVE_INFINITY,
  };
  const around = { shop, desk, catalogue, clicks, counts, ...world };
  const crowd = new Crowd(around, runId, seed);
  const ended = new AbortController();
  const reporting = setInterval(() => onReport?.(counts.report()), REPORT_EVERY_MS);
  try {
    await Promise.all(Array.from({ length: FIRST_SHOPPERS }, () => crowd.join()));
    const end = AbortSignal.any([signal, ended.signal]);
    const growing = grow(crowd, Math.ceil(ratePerSecond * 2), end, async () => {
      around.catalogue = await findCatalogue(shop, apiUrl, createRandom(seed));
    });
    const renewing = keepRenewed(end, async () => {
      // The one before is good for some hours more.
      operatorToken = await options.operatorToken?.().catch(() => {
        counts.error('token');
        return operatorToken;
      });
    });
    const { fraudEveryMs: everyMs } = options;
    const defrauding =
      everyMs && keepDefrauding({ around, crowd, runId, seed, everyMs, signal: end });
    await Promise.all([keepShopping(crowd, options), growing, renewing, defrauding]);
    await crowd.allAreFree();
    await clicks.flush();
  } finally {
    ended.abort();
    clearInterval(reporting);
  }
  return counts.report();
}

async function keepShopping(crowd: Crowd, { ratePerSecond, seed, signal }: ShopperOptions) {
  const random = createRandom(seed);
  let dueMs = performance.now();
  while (!signal.aborted) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await pause(waitMs, signal);
    if (signal.aborted) return;
    const action = drawByShare(random, actions, (each) => actionShares[each]);
    const own = createRandom(Math.floor(random.next() * 2 ** 32));
    while (!crowd.send(action, own) && !signal.aborted) {
      await Promise.race([crowd.oneIsFree(), pause(JOIN_EVERY_MS, signal)]);
      if (crowd.size === 0) await pause(JOIN_EVERY_MS, signal);
      dueMs = performance.now();
    }
    dueMs += 1_000 / ratePerSecond;
  }
}

/**
 * Signing up costs the shop a slow hash, so the crowd gathers slowly. Who leaves an emptied shop is
 * replaced, by somebody who looks around in it first.
 */
async function grow(
  crowd: Crowd,
  wanted: number,
  signal: AbortSignal,
  lookAround: () => Promise<void>,
): Promise<void> {
  const size = Math.min(Math.max(wanted, SHOPPERS_MIN), SHOPPERS_MAX);
  crowd.wanted = size;
  let knowsShop = true;
  while (!signal.aborted) {
    await pause(JOIN_EVERY_MS, signal);
    if (signal.aborted || crowd.size >= size) continue;
    if (crowd.takeHasLost()) knowsShop = false;
    if (!knowsShop) {
      // A shop with nothing to buy may be filled a moment later.
      knowsShop = await lookAround().then(
        () => true,
        () => false,
      );
    }
    if (knowsShop) await crowd.join();
  }
}

async function keepRenewed(signal: AbortSignal, renew: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await pause(RENEW_EVERY_MS, signal);
    if (!signal.aborted) await renew();
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
