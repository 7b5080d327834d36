import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { liveDocument } from '../../../shared/events/live.ts';
import { formats } from '../../../web/format.ts';
import { type PageFront, startPageFront } from '../../browser/page-front.ts';
import { putLiveSections } from '../../fixtures/live-sections.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';

const file = path.join(import.meta.dirname, '../../../cli/watch.ts');
const format = formats('en-US', 'USD');
let table: ResultsFixture;
let front: PageFront;
let nowMs: number;

beforeAll(async () => {
  table = await startResultsTable();
  front = await startPageFront(table);
});
beforeEach(async () => {
  nowMs = Date.now();
  await putLiveSections(table, nowMs);
});
afterAll(async () => {
  await front?.stop();
  await table?.stop();
});

/** The command, under way, as one without a terminal runs it. */
function watch(...args: readonly string[]) {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, LC_ALL: 'en_US.UTF-8', TZ: 'UTC' },
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (error += String(text)));
  const closed = once(child, 'close');
  return {
    child,
    said: () => ({ out, error }),
    async end() {
      await closed;
      return { code: child.exitCode, out, error };
    },
  };
}

const live = async () => liveDocument.parse(await (await fetch(`${front.url}/live`)).json());

const advice = 'start the shop with npm start, or say with --url where it is: received';

describe('npm run watch', () => {
  test('--once draws what the API says, with the names of products, and ends', async () => {
    const { code, out, error } = await watch('--once', '--url', front.url).end();
    expect([code, error]).toEqual([0, '']);
    const { topProducts, salesPulse, productInterest, funnel, orders, alerts, health } =
      await live();
    for (const { productId, quantity } of topProducts[1]?.byQuantity.slice(0, 8) ?? []) {
      const name = front.productNames.get(productId) ?? `Product ${productId}`;
      expect(out).toMatch(new RegExp(`${name} +${format.count(quantity)} `));
    }
    expect(out).toContain(`${salesPulse?.now.sales} sales`);
    expect(out).toContain(format.share(productInterest?.products[1]?.conversionPercent ?? -1));
    for (const { sessions } of funnel?.stages ?? []) expect(out).toContain(format.count(sessions));
    expect(out).toContain(orders?.orders[0]?.id);
    expect(out).toContain(alerts?.alerts[0]?.reason);
    expect(out).toContain('Top products 5m');
    expect(health.length).toBeGreaterThan(10);
    // Nothing that moves a cursor stands in a file.
    expect(out).not.toContain('\u001b');
  });

  test('--once --json gives the document as it is', async () => {
    const { out } = await watch('--once', '--json', '--url', `${front.url}/`).end();
    expect(JSON.parse(out)).toEqual(await (await fetch(`${front.url}/live`)).json());
  });

  test('tells each change in a line, says that the API is away, and goes on when it is back', async () => {
    const command = watch('--url', front.url);
    const lines = () => command.said().out.trim().split('\n');
    await expect.poll(() => command.said().out, { timeout: 15_000 }).toContain('Live  net $');
    const { orders } = await live();
    await front.goAway();
    await expect
      .poll(() => command.said().error, { timeout: 15_000 })
      .toBe(
        `Cannot watch: the API does not answer; ${advice} ${front.url}/; it is asked again and again\n`,
      );
    await front.comeBack();
    const { salesPulse } = await live();
    const spike = { ...salesPulse!.now, sales: 777, isSpike: true };
    await table.putSection('sales-pulse', { ...salesPulse, now: spike }, nowMs + 1);
    await table.putSection('orders', orders!, nowMs + 1);
    await expect.poll(() => lines().at(-1), { timeout: 15_000 }).toContain('pulse 777 sales SPIKE');
    command.child.kill('SIGINT');
    expect((await command.end()).code).toBe(0);
  });

  test('says what is wrong with an address, and that nothing answers there', async () => {
    const wrong = await watch('--once', '--url', 'file:///etc').end();
    expect([wrong.code, wrong.error]).toEqual([
      1,
      'Cannot watch: --url takes an address of the web: received "file:///etc"\n',
    ]);
    const away = await watch('--once', '--url', 'http://127.0.0.1:9').end();
    expect([away.code, away.error]).toEqual([
      1,
      `Cannot watch: the API does not answer; ${advice} http://127.0.0.1:9/\n`,
    ]);
  });
});
