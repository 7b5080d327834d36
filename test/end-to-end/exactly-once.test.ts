import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { putOrders } from '../../cli/bench/end-to-end/put-orders.ts';
import { ShopProcess } from './shop-process.ts';

let shop: ShopProcess;
afterEach(() => shop.remove());

const exact = { drained: true, lost: 0, doubled: 0 };

function postgresOf(directory: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'args']).toString().split('\n');
  return lines.filter((line) => line.includes(directory) && line.includes('postgres'));
}

describe('npm start, held against PostgreSQL', { timeout: 240_000 }, () => {
  it('loses and doubles nothing, and leaves no process', async () => {
    shop = await ShopProcess.create(5100);
    await shop.start('--for', '25s', '--json', '--rate', '40');
    const summary = await shop.summary();
    expect(summary).toMatchObject(exact);
    expect(summary.orders).toBeGreaterThan(5);
    expect(summary.alertsSent).toBeGreaterThan(0);
    expect(summary.events['most-viewed']?.counted).toBeGreaterThan(100);
    expect(summary.lakeRows['orders']).toBe(summary.orders);
    expect(postgresOf(shop.directory)).toEqual([]);
  });

  it('loses and doubles nothing when it is killed in the middle and started again', async () => {
    shop = await ShopProcess.create(5110);
    for (let kill = 0; kill < 2; kill += 1) {
      await shop.start('--rate', '60');
      await sleep(8_000);
      await shop.kill();
    }
    await shop.start('--for', '10s', '--json', '--rate', '20');
    const summary = await shop.summary();
    expect(summary).toMatchObject(exact);
    expect(summary.orders).toBeGreaterThan(5);
    expect(postgresOf(shop.directory)).toEqual([]);
  });

  it('makes nothing late while the capture stands still', async () => {
    shop = await ShopProcess.create(5120);
    const { controlUrl, databaseUrl } = await shop.start('--no-traffic', '--for', '45s', '--json');
    const database = { connectionString: databaseUrl };
    await putOrders(database, { perSecond: 20, seconds: 3, alertShare: 0.2 });
    await fetch(`${controlUrl}/capture/stop`, { method: 'POST' });
    await putOrders(database, { perSecond: 20, seconds: 20, alertShare: 0.2 });
    const started = await fetch(`${controlUrl}/capture/start`, { method: 'POST' });
    expect(started.status).toBe(200);
    await putOrders(database, { perSecond: 20, seconds: 3, alertShare: 0.2 });
    const summary = await shop.summary();
    expect(summary).toMatchObject(exact);
    expect(summary.orders).toBe(520);
    expect(summary.events['revenue']).toMatchObject({ counted: 1040, late: 0, quarantined: 0 });
  });
});
