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
function command(name: 'simulate' | 'validate', ...args: readonly string[]): Promise<string> {
  const all = [path.join(root, 'cli', `${name}.ts`), ...args, '--data', shop.directory];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, all, { cwd: root, timeout: 400_000 }, (failure, out, error) => {
      if (failure !== null && out.trim() === '') reject(new Error(error));
      else resolve(out);
    });
  });
}

describe('npm run simulate, held against PostgreSQL', { timeout: 600_000 }, () => {
  it('tells two days as history that the jobs learn, and clears them', async () => {
    shop = await ShopProcess.create(5730);
    const { databaseUrl } = await shop.start('--no-traffic');
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
