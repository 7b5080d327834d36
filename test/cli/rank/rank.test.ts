import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveAws } from '../../fixtures/aws-endpoint.ts';
import { Sql } from '../../fixtures/duckdb.ts';
import { athenaOver } from '../../fixtures/landed-orders.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';
import { landDayItems, landTaobaoFile, writeTaobaoFile } from './landed.ts';

const day = shopDay(4);

let root: string;
let services: Awaited<ReturnType<typeof athenaOver>>;
let endpoint: Awaited<ReturnType<typeof serveAws>>;
let file: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'rank-'));
  file = path.join(root, 'UserBehavior.csv');
  await writeTaobaoFile(file, { lines: 20_000, items: 3_000, days: 2, seed: 7 });
  await landTaobaoFile(root, file);
  await landDayItems(root, day);
  services = await athenaOver(root);
  endpoint = await serveAws(services);
});
afterAll(async () => {
  await endpoint.close();
  await Promise.all(services.map((service) => service.close()));
  rmSync(root, { recursive: true, force: true });
});

async function rank(...args: readonly string[]) {
  const command = path.join(import.meta.dirname, '../../../cli/rank.ts');
  const env = { ...process.env, AWS_ENDPOINT_URL: endpoint.url };
  const flags = ['--disable-warning=ExperimentalWarning', command, ...args];
  const child = spawn(process.execPath, flags, { cwd: root, env });
  child.stdin.end();
  const [out, error] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, error, code: child.exitCode };
}

/** The same windows in SQL over the file itself. */
async function fromFile(behavior: string, windowS: number, slideS: number, top: number) {
  const sql = await Sql.open();
  try {
    const rows = await sql.rows(`
      WITH clicks AS (
        SELECT column1 AS item, column4 AS at_s FROM read_csv('${file}', header = false)
        WHERE column3 = '${behavior}'
      ), counted AS (
        SELECT (at_s // ${slideS} - steps) * ${slideS} AS start_s, item, count(*) AS n
        FROM clicks, range(${windowS / slideS}) AS past(steps) GROUP BY ALL
      ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY start_s ORDER BY n DESC, item) AS place
        FROM counted
      )
      SELECT start_s, sum(n) AS total, count(*) AS products,
        to_json(list({'productId': item, 'count': n} ORDER BY place) FILTER (place <= ${top})) AS top
      FROM placed GROUP BY start_s ORDER BY start_s`);
    return rows.map(({ start_s, total, products, top: places }) => ({
      start: new Date(Number(start_s) * 1_000).toISOString(),
      end: new Date((Number(start_s) + windowS) * 1_000).toISOString(),
      total,
      distinctProducts: products,
      products: JSON.parse(String(places)),
    }));
  } finally {
    sql.close();
  }
}

/** Windows of the day's order items in SQL. */
async function fromItems(figure: string, windowMs: number, slideMs: number, top: number) {
  const sql = await dayTables(day);
  try {
    const rows = await sql.rows(`
      WITH counted AS (
        SELECT (ordered_at_ms // ${slideMs} - steps) * ${slideMs} AS start_ms, product_id,
          sum(${figure}) AS n
        FROM order_items, range(${windowMs / slideMs}) AS past(steps) GROUP BY ALL
      ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY start_ms ORDER BY n DESC, product_id) AS place
        FROM counted
      )
      SELECT start_ms, sum(n) AS total, count(*) AS products,
        to_json(list({'productId': product_id, 'count': n} ORDER BY place)
          FILTER (place <= ${top})) AS top
      FROM placed GROUP BY start_ms ORDER BY start_ms`);
    return rows.map(({ start_ms: startMs, total, products, top: places }) => ({
      start: new Date(Number(startMs)).toISOString(),
      end: new Date(Number(startMs) + windowMs).toISOString(),
      total,
      distinctProducts: products,
      products: JSON.parse(String(places)),
    }));
  } finally {
    sql.close();
  }
}

const windowsOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('npm run rank', { timeout: 60_000 }, () => {
  it('ranks the hot items of a Taobao file as SQL over the file does, ties and copies included', async () => {
    const { out, code, error } = await rank(
      'top-viewed',
      '--window',
      '1h',
      '--slide',
      '5m',
      '--json',
    );
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const expected = await fromFile('pv', 3_600, 300, 3);
    expect(windowsOf(out)).toEqual(expected.map((window) => ({ ...window, unit: 'view' })));
  });

  it('ranks by other clicks, and side by side', async () => {
    const { out } = await rank(
      'top-viewed',
      '--event',
      'cart',
      '--window',
      '1d',
      '--top',
      '50',
      '--json',
    );
    const expected = await fromFile('cart', 86_400, 86_400, 50);
    expect(windowsOf(out)).toEqual(expected.map((window) => ({ ...window, unit: 'cart' })));
  });

  it('ranks what was sold by pieces and by revenue', async () => {
    const shape = ['--window', '2h', '--slide', '30m', '--top', '5', '--json'];
    const bought = await rank('top-bought', ...shape);
    expect(windowsOf(bought.out)).toEqual(
      (await fromItems('quantity', 7_200_000, 1_800_000, 5)).map((window) => ({
        ...window,
        unit: 'piece',
      })),
    );
    const earning = await rank('top-earning', ...shape);
    expect(windowsOf(earning.out)).toEqual(
      (await fromItems('quantity * unit_price_cents', 7_200_000, 1_800_000, 5)).map((window) => ({
        ...window,
        unit: 'cent',
      })),
    );
  });

  it('prints whole windows of a stretch of time, in the zone that is asked for', async () => {
    const from = ['--from', '2017-11-25T10:00:00Z', '--to', '2017-11-25T12:30:00Z'];
    const zone = ['--time-zone', 'Asia/Shanghai', '--limit', '2'];
    const { out } = await rank('top-viewed', '--slide', '30m', ...from, ...zone);
    const [first, second] = (await fromFile('pv', 3_600, 1_800, 3)).filter(
      ({ start }) => start >= '2017-11-25T10:00:00.000Z',
    );
    const lines = out.trim().split('\n');
    expect(lines[0]).toBe('top-viewed, windows of 60 min every 30 min, times in Asia/Shanghai');
    expect(lines[2]).toBe(
      `2017-11-25 18:00 – 19:00  ${first?.total} views of ${first?.distinctProducts} products`,
    );
    expect(lines[3]?.trim().split(/\s+/)).toEqual([
      ...['1.', `#${first?.products[0].productId}`, `${first?.products[0].count}`],
    ]);
    expect(lines[7]).toBe(
      `2017-11-25 18:30 – 19:30  ${second?.total} views of ${second?.distinctProducts} products`,
    );
    expect(lines).toHaveLength(11);
  });

  it('says when there is nothing, and what it does not understand', async () => {
    expect(await rank('top-viewed', '--to', '2001-01-01')).toMatchObject({
      code: 1,
      error: expect.stringContaining('holds no such clicks in this stretch of time'),
    });
    expect(await rank('top-liked')).toMatchObject({
      error:
        'Cannot rank: one of top-viewed, top-bought, top-earning must be given: received top-liked\n',
    });
    expect(await rank('top-bought', '--event', 'cart')).toMatchObject({
      error: 'Cannot rank: --event goes with top-viewed: received top-bought, cart\n',
    });
    expect(await rank('top-viewed', '--window', '5m', '--slide', '1h')).toMatchObject({
      error: 'Cannot rank: --slide must not be longer than --window: received 1h, 5m\n',
    });
    expect(await rank('top-viewed', '--time-zone', 'Moon')).toMatchObject({
      error: 'Cannot rank: --time-zone must be a zone like Europe/Lisbon: received Moon\n',
    });
  });
});
