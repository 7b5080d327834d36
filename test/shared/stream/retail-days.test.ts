import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../shared/random/random.ts';
import { count, sum } from '../../../shared/stream/accumulator.ts';
import { topK } from '../../../shared/stream/accumulators/top-k.ts';
import { windowedJob } from '../../../shared/stream/job.ts';
import { tumbling } from '../../../shared/stream/window.ts';
import { Sql } from '../../fixtures/duckdb.ts';
import { loggedSource, playLog } from '../../fixtures/event-log.ts';
import { type RetailLine, readRetailLines } from '../../fixtures/retail-lines.ts';
import { stepsOf } from '../../fixtures/timed-steps.ts';
import { windowRows } from './queries/query.ts';

const realData = process.env['REAL_DATA'];
const minuteMs = 60_000;
const outOfOrderMs = 10 * minuteMs;

const hourly = {
  generation: 1,
  watermarkDelayMs: outOfOrderMs,
  allowedLatenessMs: 0,
  maxFutureMs: Number.MAX_SAFE_INTEGER,
  eventTimeMs: ({ timeMs }: RetailLine) => timeMs,
  window: tumbling(60 * minuteMs),
  preliminaryEveryMs: 0,
  key: () => 'all',
};
const source = loggedSource<RetailLine>('lines');

/** A cancellation lowers the revenue of the hour in which it is made, not of the sale's. */
const revenue = windowedJob([source], {
  ...hourly,
  name: 'retail-revenue',
  type: 'revenue',
  accumulators: {
    lines: count(),
    cents: sum(({ pieces, cents }: RetailLine) => pieces * cents),
  },
  result: (byKey) => [byKey.get('all')],
});

/** Pieces sold less pieces given back, of whatever has a stock code: postage and discounts too. */
const topProducts = windowedJob([source], {
  ...hourly,
  name: 'retail-top-products',
  type: 'top-products',
  accumulators: {
    top: topK(10, ({ product }: RetailLine) => product, { weight: ({ pieces }) => pieces }),
  },
  result: (byKey) =>
    byKey
      .get('all')
      ?.top.map(({ item, weight }, index) => ({ place: index + 1, product: item, pieces: weight })),
});

if (!realData) {
  console.warn(
    'Skipped: the retail days; set REAL_DATA to the folder that holds uci-online-retail',
  );
}

describe.skipIf(!realData)('three days of a British web shop (folder: REAL_DATA)', () => {
  const folder = join(realData ?? '', 'uci-online-retail');
  const jobs = [
    [revenue, 'retail-revenue.sql'],
    [topProducts, 'retail-top-products.sql'],
  ] as const;

  it.each(jobs)('$name is what SQL says, to the cent', { timeout: 60_000 }, async (job, file) => {
    const sql = await Sql.open();
    await sql.loadCsv('retail', join(folder, '*.csv'), {
      InvoiceNo: 'VARCHAR',
      StockCode: 'VARCHAR',
      Quantity: 'BIGINT',
      InvoiceDate: 'TIMESTAMP',
      UnitPrice: 'DECIMAL(12, 2)',
    });
    const wanted = await sql.rows(readFileSync(join(import.meta.dirname, file), 'utf8'));
    sql.close();
    const random = createRandom(2010);
    const lines = readRetailLines(folder).map((line) => ({
      id: line.id,
      stream: 'lines',
      arrivalMs: line.timeMs + random.integer(0, outOfOrderMs),
      event: line,
    }));
    expect(wanted.length).toBeGreaterThan(20);
    for (const shards of [1, 3]) {
      const steps = stepsOf(lines, 5 * minuteMs);
      const outcome = await playLog(job, steps, { seed: shards, shards });
      expect(outcome.late).toEqual([]);
      expect(windowRows(outcome)).toEqual(wanted);
    }
  });
});
