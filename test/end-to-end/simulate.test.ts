import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { declaredJobs } from '../../cli/jobs/declared-jobs.ts';
import { settings } from '../../shared/config/settings.ts';
import { ShopProcess } from './shop-process.ts';

let shop: ShopProcess;
afterEach(() => shop.remove());

const root = path.resolve(import.meta.dirname, '../..');
const reportSchema = z.looseObject({
  ordersPlaced: z.number(),
  soldCents: z.number(),
  toldAsHistory: z.boolean(),
  learnt: z.array(z.looseObject({ job: z.string(), facts: z.number() })),
  labels: z.string(),
});
const validated = z.object({
  findings: z.array(z.looseObject({ area: z.string(), check: z.string(), status: z.string() })),
});

/** Runs a command on the shop; what it prints on standard output. */
function command(
  name: 'simulate' | 'validate' | 'query' | 'replay',
  ...args: readonly string[]
): Promise<string> {
  const all = [path.join(root, 'cli', `${name}.ts`), ...args, '--data', shop.directory];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, all, { cwd: root, timeout: 400_000 }, (failure, out, error) => {
      if (failure !== null && out.trim() === '') reject(new Error(error));
      else resolve(out);
    });
  });
}

type Row = Readonly<Record<string, unknown>>;
const rowsOf = z.array(z.record(z.string(), z.unknown()));

async function lake(sql: string): Promise<readonly Row[]> {
  return rowsOf.parse(JSON.parse(await command('query', sql, '--json')));
}

const hour = z.object({ start: z.string(), orders: z.coerce.number(), cents: z.coerce.number() });
type Hour = z.output<typeof hour>;

const figure = z.coerce.number();
const told = z.tuple([z.object({ sales: figure, features: figure, alerts: figure })]);

/** Revenue by hour, as the view of the lake has it. */
async function hoursInLake(): Promise<readonly Hour[]> {
  const rows = await lake(
    `select window_start, orders, cast(100 * net as bigint) as cents
     from revenue_windows where job = 'revenue-1h' order by 1`,
  );
  return rows.map(({ window_start: at, ...row }) =>
    inOneForm(hour.parse({ ...row, start: `${String(at).replace(' ', 'T')}Z` })),
  );
}

const windows = z.object({
  windows: z.array(z.object({ start: z.string(), orders: z.number(), netCents: z.number() })),
});

/** The same, as the API tells it. */
async function hoursFromApi(apiUrl: string): Promise<readonly Hour[]> {
  const answer = await fetch(`${apiUrl}/statistics/revenue?window=1h&limit=500&order=asc`);
  return windows
    .parse(await answer.json())
    .windows.map(({ start, orders, netCents }) => ({ start, orders, cents: netCents }))
    .map(inOneForm);
}

function inOneForm({ start, ...figures }: Hour): Hour {
  return { start: new Date(start).toISOString(), ...figures };
}

describe('npm run simulate, held against PostgreSQL', { timeout: 600_000 }, () => {
  it('tells two days as history that the jobs learn, and clears them', async () => {
    shop = await ShopProcess.create(5730);
    const { apiUrl, databaseUrl } = await shop.start('--no-traffic');
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const asked = '--historical 2 --sessions 12 --duration 5 --fraud-share 0.2 --seed 5 --json';
    const report = reportSchema.parse(JSON.parse(await command('simulate', ...asked.split(' '))));
    expect(report.toldAsHistory).toBe(true);
    const { rows } = await client.query(
      `select count(*)::int as orders, (sum(total) * 100)::float as sold,
        bool_and(is_backfill) as told from orders`,
    );
    expect(rows).toEqual([{ orders: report.ordersPlaced, sold: report.soldCents, told: true }]);
    const { rows: facts } = await client.query(
      `select (select count(*) from orders) + (select count(*) from order_items)
        + (select count(*) from order_adjustments) + (select count(*) from payments)
        + (select count(*) from order_reviews) as told`,
    );
    const ofRevenue = report.learnt.find(({ job }) => job === 'revenue');
    expect(ofRevenue?.facts).toBe(Number(facts[0].told));
    const declared = declaredJobs(settings({})).map(({ name }) => name);
    expect(report.learnt.map(({ job }) => job)).toEqual(declared);
    const labels = (await readFile(report.labels, 'utf8')).trimEnd().split('\n');
    expect(labels).toHaveLength(report.ordersPlaced);

    await expect
      .poll(() => hoursInLake(), { timeout: 120_000, interval: 3_000 })
      .toEqual(await hoursFromApi(apiUrl));
    const sold = async () =>
      told.parse(
        await lake(
          `select (select count(*) from order_items) as sales,
            (select count(*) from alerts) as alerts,
            (select count(distinct item_id) from sale_features) as features`,
        ),
      )[0];
    const { sales } = await sold();
    expect(sales).toBeGreaterThan(0);
    await expect
      .poll(sold, { timeout: 60_000, interval: 2_000 })
      .toEqual({ sales, features: sales, alerts: 0 });
    const run = ['--job', 'revenue-1h', '--generation', '2', '--swap', '--json'];
    expect(JSON.parse(await command('replay', ...run))).toMatchObject({ told: 0, agrees: true });

    const { findings } = validated.parse(JSON.parse(await command('validate', '--json')));
    expect(findings.filter(({ status }) => status === 'fault')).toEqual([]);
    const windows = findings.find(({ check }) => check.startsWith('revenue: windows'));
    expect(windows?.status).toBe('ok');

    await command('simulate', '--clear');
    const { rows: left } = await client.query(
      `select (select count(*)::int from orders) as orders,
        (select count(*)::int from carts) as carts, (select count(*)::int from products) as products`,
    );
    expect(left).toEqual([{ orders: 0, carts: 0, products: 200 }]);
    await client.end();
  });
});
