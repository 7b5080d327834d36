import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { salesPulseJob } from '../../../functions/statistics/sales-pulse.ts';
import { settings } from '../../../shared/config/settings.ts';
import { salesPulseDataSchema } from '../../../shared/events/sales-pulse.ts';
import type { Sql } from '../../fixtures/duckdb.ts';
import { playDay, tooLateFor } from '../../fixtures/shop-day/play-day.ts';
import { retailDays, retailFolder } from '../../fixtures/shop-day/retail-days.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';
import { lastTold, type ToldResult } from '../../fixtures/told-results.ts';

/** Windows in SQL, a row each. */
async function pulsesInSql(sql: Sql, chosen: ReturnType<typeof settings>) {
  await sql.rows(`SET VARIABLE sound_min = ${chosen.salesPulseSoundPercentMin}`);
  await sql.rows(`SET VARIABLE p_max = ${chosen.salesSpikePValueMax}`);
  await sql.rows(`SET VARIABLE growth_min = ${chosen.salesSpikeGrowthPercentMin}`);
  return sql.rows(readFileSync(join(import.meta.dirname, 'sales-pulse.sql'), 'utf8'));
}

/** A result in one row, as SQL says it. */
function rowOf({ window, data }: ToldResult) {
  const { before, gates, insight: _, ...pulse } = salesPulseDataSchema.parse(data);
  const sound = gates.find(({ name }) => name === 'timestamps');
  return {
    startMs: window.startMs,
    ...pulse,
    salesBefore: before.sales,
    quantityBefore: before.quantity,
    revenueCentsBefore: before.revenueCents,
    ordersBefore: before.orders,
    sellersBefore: before.sellers,
    soundPercent: sound?.value,
    isJudged: gates.every(({ passed }) => passed),
  };
}

const eager = {
  SALES_PULSE_SOUND_PERCENT_MIN: '60',
  SALES_SPIKE_P_VALUE_MAX: '0.3',
  SALES_SPIKE_GROWTH_PERCENT_MIN: '10',
};
const days = [
  ['a simulated day', {}, 0, () => shopDay(5)],
  ['a simulated day, eagerly', eager, 4, () => shopDay(5)],
  [
    'three days of a British web shop (folder: REAL_DATA)',
    {},
    0,
    retailFolder && (() => retailDays(retailFolder ?? '', 6)),
  ],
] as const;

for (const [name, set, spikesMin, daysOf] of days) {
  it.skipIf(!daysOf)(
    `salesPulseJob() says of ${name} what SQL says, p-values too, and alerts people to each spike`,
    { timeout: 120_000 },
    async () => {
      const chosen = settings(set);
      const job = salesPulseJob(chosen);
      const day = daysOf ? daysOf() : [];
      const sql = await dayTables(day);
      const wanted = await pulsesInSql(sql, chosen);
      sql.close();
      expect(wanted.length).toBeGreaterThan(100);
      const tooLate = tooLateFor(job, day);
      expect(tooLate.length).toBeGreaterThan(3);
      for (const shards of [1, 3]) {
        const { emissions, stored, late } = await playDay(job, day, { shards, seed: shards });
        const told = lastTold(emissions.filter(({ type }) => type === job.type));
        const rows = told.map(rowOf);
        expect(rows.map(({ pValue: _, ...row }) => row)).toEqual(
          wanted.map(({ pValue: _, ...row }) => row),
        );
        for (const [index, { pValue }] of rows.entries()) {
          const exact = wanted[index]?.['pValue'];
          if (exact === null || pValue === null) expect(pValue).toBe(exact);
          else expect(Math.abs(pValue / Number(exact) - 1)).toBeLessThan(1e-5);
        }
        expect(stored).toEqual(told);
        expect(late).toEqual(tooLate);
        // What a late event has taken back since was told all the same.
        const alerts = new Set(
          emissions.filter(({ type }) => type === 'alert').map(({ id }) => id),
        );
        const spikes = wanted.filter(({ isSpike }) => isSpike);
        expect(spikes.length).toBeGreaterThanOrEqual(spikesMin);
        for (const { startMs } of spikes) expect(alerts).toContain(`sales-spike|${startMs}`);
      }
    },
  );
}
