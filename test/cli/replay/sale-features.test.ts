import { expect, test } from 'vitest';
import { compareFacts } from '../../../cli/replay/lake.ts';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { tellerOf } from '../../../cli/replay/tell-history.ts';
import { saleFeaturesJob } from '../../../functions/sale-features/sale-features.ts';
import { settings } from '../../../shared/config/settings.ts';
import type { FeatureEvent } from '../../../shared/features/feature.ts';
import { keyedStates } from '../../../shared/jobs/keyed-states.ts';
import { saleFeatures } from '../../../shared/sales/sale-features.ts';
import { type SaleState, saleKey, toldSale } from '../../../shared/sales/sale-state.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { vectorsOf } from '../../fixtures/feature-vectors.ts';
import { fraudHistory, inOrder } from '../../fixtures/fraud-history.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1e6);
const job = saleFeaturesJob(settings({}));

/** The job's facts of both streams, as the lake has them. */
function history() {
  const events: FeatureEvent[] = [];
  const facts: LakeFact[] = [];
  for (const record of fraudHistory(seed, 600).records) {
    for (const { stream, decode } of job.sources) {
      const [decoded] = decode([record]);
      if (decoded?.kind !== 'event') continue;
      const { event } = decoded;
      const table = { click: 'clicks', order: 'orders', item: 'order_items' }[event.source];
      events.push(event);
      const { arrivalMs, data } = record;
      const id = `${table}|${event.id}`;
      facts.push({
        stream: stream === 'clickstream' ? stream : 'shop-changes',
        atMs: event.atMs,
        id,
        arrivalMs,
        isBackfill: true,
        data,
      });
    }
  }
  return { events: inOrder(events), facts: facts.toSorted(compareFacts) };
}

test(`a history that is told leaves the features of each sale as they were then, by SEED=${seed}`, async () => {
  const { events, facts } = history();
  const store = new MemoryStore();
  const engine = { store, now: () => 0, backOff: async () => {}, isShadow: async () => true };
  const teller = tellerOf(engine, job, undefined);
  await teller.tell(facts);
  await teller.end();

  const { name, generation, stateTtlMs } = job;
  const options = { store, job: name, generation, stateTtlMs, timeoutMs: 10_000 };
  const states = keyedStates<SaleState>({ ...options, now: () => 0 });
  const vectors = vectorsOf(saleFeatures, events);
  expect(vectors.size).toBeGreaterThan(100);
  for (const [point, vector] of vectors) {
    const key = saleKey(point.slice('item|'.length));
    expect(toldSale((await states.read([key])).get(key))?.features).toEqual(vector);
  }
});
