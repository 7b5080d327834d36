import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inDatabase, ShopProcess } from './shop-process.ts';

const realData = process.env['REAL_DATA'];
const root = path.resolve(import.meta.dirname, '../..');
const windows = z.object({
  windows: z.array(
    z.object({
      ...{ final: z.boolean(), lines: z.int(), adjustedLines: z.int() },
      ...{ orders: z.int(), netCents: z.int() },
    }),
  ),
  nextCursor: z.string().nullable(),
});

/** What the files of the data set say: lines, invoices that sold something, the worth of it all. */
const days = [
  { day: '2010-12-01', lines: 3_108, orders: 127, cents: 5_863_556 },
  { day: '2010-12-02', lines: 2_109, orders: 142, cents: 4_620_728 },
  { day: '2010-12-03', lines: 2_202, orders: 68, cents: 4_562_046 },
];

let shop: ShopProcess;
let at: { apiUrl: string; databaseUrl: string };

beforeAll(async () => {
  shop = await ShopProcess.create(5200);
  at = await shop.start('--no-traffic');
}, 180_000);
afterAll(() => shop.remove());

/** Runs a command on the shop; what it prints as JSON. */
function command(name: string, ...args: readonly string[]): Promise<unknown> {
  const all = ['--disable-warning=ExperimentalWarning', path.join(root, 'cli', name), ...args];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, all, { cwd: root, timeout: 400_000 }, (failed, out, error) => {
      if (failed || out.trim() === '') reject(new Error(error));
      else resolve(JSON.parse(out));
    });
  });
}

function imported(what: string, file: string, ...args: readonly string[]): Promise<unknown> {
  return command('import.ts', what, file, '--data', shop.directory, '--json', ...args);
}

async function athena(sql: string): Promise<unknown> {
  return command('query.ts', sql, '--data', shop.directory, '--json');
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

async function fromApi(day: string) {
  const sum = { lines: 0, orders: 0, cents: 0 };
  let cursor = '';
  do {
    const query = `from=${day}T00:00:00Z&to=${dayAfter(day)}T00:00:00Z&limit=500${cursor}`;
    const page = windows.parse(
      await (await fetch(`${at.apiUrl}/statistics/revenue?${query}`)).json(),
    );
    for (const { final, lines, adjustedLines, orders, netCents } of page.windows) {
      expect(final).toBe(true);
      sum.lines += lines + adjustedLines;
      sum.orders += orders;
      sum.cents += netCents;
    }
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  return sum;
}

/** Lines and worth of a day, in SQL that PostgreSQL and Athena both speak. */
const daySql = (day: string): string => {
  const [from, to] = [day, dayAfter(day)].map((date) => `timestamp '${date} 00:00:00'`);
  const within = (column: string): string => `${column} >= ${from} and ${column} < ${to}`;
  const given = `from order_adjustments where ${within('occurred_at')}`;
  return `select
    (select count(*) from order_items where ${within('ordered_at')})
      + (select count(*) ${given}) as lines,
    (select count(*) from orders where total > 0 and ${within('ordered_at')}) as orders,
    cast(100 * ((select sum(total) from orders where ${within('ordered_at')})
      - (select sum(amount) ${given})) as bigint) as cents`;
};

const count = z.coerce.number();
const sums = z.tuple([z.object({ lines: count, orders: count, cents: count })]);

async function fromPostgres(day: string) {
  return inDatabase(at.databaseUrl, async (client) => {
    await client.query(`set timezone to 'UTC'`);
    return sums.parse((await client.query(daySql(day))).rows)[0];
  });
}

async function fromAthena(day: string) {
  return sums.parse(await athena(daySql(day)))[0];
}

if (!realData) {
  console.warn(
    'Skipped: the retail days through the shop; set REAL_DATA to the folder that holds uci-online-retail',
  );
}

describe('npm run import, through the whole shop', { timeout: 600_000 }, () => {
  it.skipIf(!realData)(
    'three retail days: lines and revenue are those of the files in PostgreSQL, the revenue job and Athena',
    async () => {
      for (const { day, lines } of days) {
        const file = path.join(realData ?? '', 'uci-online-retail', `${day}.csv`);
        const learn = day === days.at(-1)?.day ? [] : ['--no-learn'];
        const counts = await imported('orders', file, '--format', 'uci-online-retail', ...learn);
        expect(counts).toMatchObject({ lines, refused: 0, known: 0 });
      }
      for (const told of days) {
        expect({ day: told.day, ...(await fromPostgres(told.day)) }).toEqual(told);
        expect({ day: told.day, ...(await fromApi(told.day)) }).toEqual(told);
        expect({ day: told.day, ...(await fromAthena(told.day)) }).toEqual(told);
      }
      const first = path.join(realData ?? '', 'uci-online-retail', `${days[0]?.day}.csv`);
      const again = await imported('orders', first, '--format', 'uci-online-retail', '--no-learn');
      expect(again).toMatchObject({ orders: 0, items: 0, adjustments: 0, known: 143 });
    },
  );

  it('clicks of the past are counted in their own time, and once however often they are sent', async () => {
    const file = path.join(shop.directory, 'clicks.csv');
    const noonMs = Date.UTC(2015, 5, 2, 12);
    const lines = ['view,7,', 'view,7,', 'view,8,', 'addtocart,7,', 'transaction,7,500'].map(
      (rest, index) => `${noonMs + index * 1_000},31,${rest}`,
    );
    await writeFile(file, `timestamp,visitorid,event,itemid,transactionid\n${lines.join('\n')}\n`);
    const format = ['--format', 'retail-rocket'];
    const none = await imported('clicks', file, ...format, '--no-learn');
    expect(none).toMatchObject({ accepted: 5, refused: 0, productsMade: 2 });
    const learnt = await imported('clicks', file, ...format);
    expect(learnt).toMatchObject({ accepted: 5, refused: 0, productsMade: 0 });

    const skus = await inDatabase(at.databaseUrl, async (client) => {
      const { rows } = await client.query<{ id: string; sku: string }>(
        `select id, sku from products where sku like 'rr-%' order by sku`,
      );
      return rows.map(({ id }) => Number(id));
    });
    const query = 'from=2015-06-02T11:55:00Z&to=2015-06-02T11:56:00Z';
    const answer = await (await fetch(`${at.apiUrl}/statistics/most-viewed?${query}`)).json();
    expect(answer).toMatchObject({
      windows: [
        {
          views: 3,
          products: [
            { productId: skus[0], views: 2 },
            { productId: skus[1], views: 1 },
          ],
        },
      ],
    });
    const hot = ['top-viewed', '--window', '5m', '--slide', '1m', '--limit', '1', '--json'];
    expect(await command('rank.ts', ...hot, '--data', shop.directory)).toMatchObject({
      start: '2015-06-02T11:56:00.000Z',
      ...{ unit: 'view', total: 3, distinctProducts: 2 },
      products: [
        { productId: skus[0], name: expect.any(String), count: 2 },
        { productId: skus[1], name: expect.any(String), count: 1 },
      ],
    });
    const held = `select count(*) as n from clicks where is_backfill`;
    expect(await athena(held)).toEqual([{ n: '5' }]);
  });
});
