import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { ShopProcess } from './shop-process.ts';

let shop: ShopProcess;
afterAll(() => shop.remove());

it('npm start says which port is taken and how to use others', { timeout: 60_000 }, async () => {
  const taken = createServer().listen(5151, '127.0.0.1');
  await once(taken, 'listening');
  shop = await ShopProcess.create(5150);
  await expect(shop.start('--no-traffic')).rejects.toThrow(
    /port 5151 \(aws\) is taken by another program.*--port-base/s,
  );
  expect(shop.output).not.toMatch(/^\s+at /m);
  taken.close();
});
