import { count, sum } from '../../shared/stream/accumulator.ts';
import { type Job, ruleJob, windowedJob } from '../../shared/stream/job.ts';
import type { Source } from '../../shared/stream/source.ts';
import { tumbling } from '../../shared/stream/window.ts';

export interface Sale {
  readonly id: string;
  readonly timeMs: number;
  readonly cents: number;
  /** Whether it came within the bound of out-of-orderness. */
  readonly inTime: boolean;
}

/** How far behind the clock an event may come and be in time. */
export const boundMs = 6;
const latenessMs = 4;

const source: Source<Sale> = {
  stream: 'sales',
  tickSettleMs: 0,
  decode: () => ({ kind: 'ignored' }),
};

const common = {
  generation: 1,
  eventTimeMs: (sale: Sale) => sale.timeMs,
  watermarkDelayMs: boundMs,
  allowedLatenessMs: latenessMs,
  maxFutureMs: 1e12,
};

/** Sales and cents per window of 10 ms. */
export function salesJob(): Job<Sale> {
  return windowedJob([source], {
    ...common,
    name: 'sales',
    key: () => 'all',
    window: tumbling(10),
    accumulators: { sales: count(), cents: sum((sale: Sale) => sale.cents) },
    preliminaryEveryMs: 0,
    type: 'sales',
    result: (totals) => totals.get('all'),
  });
}

/** One alarm per sale. */
export function everySaleRule(): Job<Sale> {
  return ruleJob([source], {
    ...common,
    name: 'alarm',
    evaluate: (sale: Sale) => [
      { id: sale.id, entity: 'shop', type: 'alarm', revision: 1, data: sale.cents },
    ],
  });
}
