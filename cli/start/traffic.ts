import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { restock } from '../../shared/shop/restock.ts';
import { runShoppers, type ShopperOptions } from '../shoppers/run-shoppers.ts';
import type { ShopperReport } from '../shoppers/shopper-report.ts';

const restockEveryMs = 30_000;
const fullShelf = 2_000;
const comeAgainMs = 3_000;
/** Often enough to see one, seldom enough that almost all is honest. */
const fraudEveryMs = 120_000;

export interface TrafficOptions extends ShopperOptions {
  /** As the owner of the shop's tables. */
  readonly database: pg.ClientConfig;
}

/**
 * Shoppers who shop until `signal`, a fraudster among them every two minutes, and someone who fills
 * the shelves behind them. While the shop does not answer, or has nothing to sell, they come again.
 *
 * @returns what the shoppers did; undefined when they never came to shop.
 */
export async function runTraffic({
  database,
  ...shoppers
}: TrafficOptions): Promise<ShopperReport | undefined> {
  const restocking = keepRestocked(database, shoppers.signal);
  try {
    return await comeUntilThereIsAShop(shoppers);
  } finally {
    await restocking;
  }
}

async function comeUntilThereIsAShop(options: ShopperOptions): Promise<ShopperReport | undefined> {
  const { signal } = options;
  let said: string | undefined;
  while (!signal.aborted) {
    try {
      return await runShoppers({ ...options, fraudEveryMs });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== said) console.error(`The shoppers come again: ${reason}`);
      said = reason;
    }
    await sleep(comeAgainMs, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

async function keepRestocked(database: pg.ClientConfig, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(restockEveryMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const client = new pg.Client(database);
    try {
      await client.connect();
      await restock(client, { to: fullShelf });
    } catch (error) {
      console.error(`Cannot restock, it is tried again: ${String(error)}`);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
