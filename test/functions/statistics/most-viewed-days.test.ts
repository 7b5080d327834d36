import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mostViewedJob } from '../../../functions/statistics/most-viewed.ts';
import { settings } from '../../../shared/config/settings.ts';
import { playDay, tooLateFor } from '../../fixtures/shop-day/play-day.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';

const sqlText = readFileSync(join(import.meta.dirname, 'most-viewed.sql'), 'utf8');
const job = mostViewedJob(settings({}));

it('mostViewedJob() says of a simulated day what SQL says, to the tie', async () => {
  const day = shopDay(11);
  const sql = await dayTables(day);
  const rows = await sql.rows(sqlText);
  sql.close();
  const wanted = rows.map(({ start_ms: start, data }) => [Number(start), JSON.parse(String(data))]);
  expect(wanted.length).toBeGreaterThan(500);
  const tooLate = tooLateFor(job, day);
  expect(tooLate.length).toBeGreaterThan(3);
  for (const shards of [1, 3]) {
    const { results, late } = await playDay(job, day, { shards, seed: shards });
    expect(results.map(({ window, data }) => [window.startMs, data])).toEqual(wanted);
    expect(late).toEqual(tooLate);
  }
}, 120_000);
