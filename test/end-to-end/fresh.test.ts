import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { putOrders } from '../../cli/bench/end-to-end/put-orders.ts';
import { ShopProcess } from './shop-process.ts';

let shop: ShopProcess;
afterEach(() => shop.remove());

describe('npm start -- --fresh', { timeout: 120_000 }, () => {
  it('begins anew, also after a kill', async () => {
    shop = await ShopProcess.create(5170);
    const { databaseUrl } = await shop.start('--no-traffic');
    const database = { connectionString: databaseUrl };
    await putOrders(database, { perSecond: 10, seconds: 1, alertShare: 0 });
    await shop.kill();
    await shop.start('--fresh', '--no-traffic', '--for', '2s', '--json');
    expect(await shop.summary()).toMatchObject({ orders: 0, lost: 0, doubled: 0 });
  });

  it('deletes nothing of a folder that holds no shop', async () => {
    shop = await ShopProcess.create(5180);
    const file = path.join(shop.directory, 'thesis.txt');
    await writeFile(file, 'years of work');
    await expect(shop.start('--fresh')).rejects.toThrow('holds no shop');
    await writeFile(file, 'still there', { flag: 'r+' });
  });

  it('touches nothing while the shop is running', async () => {
    shop = await ShopProcess.create(5190);
    const { apiUrl } = await shop.start('--no-traffic');
    const second = shop.beside();
    await expect(second.start('--fresh')).rejects.toThrow('one runs on this data at');
    expect((await fetch(`${apiUrl}/health`)).status).toBe(200);
  });
});
