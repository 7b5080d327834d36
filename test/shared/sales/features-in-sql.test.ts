import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saleFeaturesJob } from '../../../functions/sale-features/sale-features.ts';
import { settings } from '../../../shared/config/settings.ts';
import { saleFeaturesSchema } from '../../../shared/events/sale-features.ts';
import type { FeatureEvent, FeatureVector } from '../../../shared/features/feature.ts';
import { createRandom } from '../../../shared/random/random.ts';
import { saleEvents } from '../../../shared/sales/events.ts';
import { saleFeatures } from '../../../shared/sales/sale-features.ts';
import { loggedSource, playLog } from '../../fixtures/event-log.ts';
import { differences, type Vectors, vectorsOf } from '../../fixtures/feature-vectors.ts';
import { eventsOf, fraudHistory, inOrder } from '../../fixtures/fraud-history.ts';
import { fraudLake, type SqlRow } from '../../fixtures/fraud-lake.ts';

const seed = Number(process.env['SEED'] ?? createRandom(Date.now()).integer(0, 1e9));

/** Athena takes no longer statement. */
const statementBytesMax = 262_144;

/** Facts of other kinds are no events of sales. */
function seenAsSale(fact: Parameters<typeof saleEvents>[0] | { readonly kind: string }) {
  const isSeen = (each: typeof fact): each is Parameters<typeof saleEvents>[0] =>
    !('kind' in each) || each.kind === 'order' || each.kind === 'orderItem';
  return isSeen(fact) ? saleEvents(fact) : undefined;
}

/** The job over several shards, with kills and copies, event by event in order of time. */
async function byEngine(events: readonly FeatureEvent[]): Promise<Vectors> {
  // What is played arrives at the epoch, so the time of every event lies ahead of its arrival.
  const bounds = settings({ MAX_FUTURE_MS: String(Number.MAX_SAFE_INTEGER) });
  const job = { ...saleFeaturesJob(bounds), sources: [loggedSource<FeatureEvent>('events')] };
  const steps = events.map((event) => ({ id: `${event.source}|${event.id}`, event }));
  const { emissions } = await playLog(job, steps, { seed, shards: 3, oneByOne: true });
  return new Map(
    emissions.map(({ data }): [string, FeatureVector] => {
      const { itemId, features } = saleFeaturesSchema.parse(data);
      const told = Object.entries(features).map(([name, value]) => [name, value ?? null]);
      return [`item|${itemId}`, Object.fromEntries(told)];
    }),
  );
}

let root: string;
let events: readonly FeatureEvent[];
let rows: readonly SqlRow[];
let query: Awaited<ReturnType<typeof fraudLake>>;

describe(`saleFeatures, by SEED=${seed}`, () => {
  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'sales-'));
    const { records } = fraudHistory(seed, 1_500);
    events = inOrder(eventsOf(records, seenAsSale));
    query = await fraudLake(root, records);
    rows = await query(saleFeatures.sql());
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('says the same in SQL as at the event, of every feature of every sale', () => {
    const vectors = vectorsOf(saleFeatures, events);
    expect(vectors.size).toBeGreaterThan(300);
    expect(rows.length).toBe(vectors.size);
    expect(differences(saleFeatures, vectors, rows).slice(0, 10)).toEqual([]);
  });

  test('says the same when the job tells it, over shards, with kills and copies', async () => {
    const first = events.slice(0, 400);
    const vectors = await byEngine(first);
    expect(vectors.size).toBe(first.filter(({ source }) => source === 'item').length);
    const ofThese = rows.filter((row) => vectors.has(`item|${row['point_id']}`));
    expect(differences(saleFeatures, vectors, ofThese).slice(0, 10)).toEqual([]);
  }, 120_000);

  test('says of which entities a sale is', () => {
    const items = new Map(
      events.flatMap((each) => (each.source === 'item' ? [[each.id, each]] : [])),
    );
    for (const row of rows) {
      const { entities } = items.get(String(row['point_id'])) ?? {};
      const inSql = saleFeatures.features.flatMap((each) =>
        'entity' in each ? [each.entity] : [],
      );
      for (const kind of inSql) expect(row[`point_${kind}`] ?? undefined).toBe(entities?.[kind]);
    }
  });

  test('has no feature that is always the same', () => {
    const vectors = [...vectorsOf(saleFeatures, events).values()];
    const constant = saleFeatures.features
      .map(({ name }) => name)
      .filter((name) => new Set(vectors.map((vector) => vector[name])).size < 2);
    expect(constant).toEqual([]);
  });

  test('is a statement that Athena takes', () => {
    expect(Buffer.byteLength(saleFeatures.sql({ fromMs: 0, untilMs: 1e13 }))).toBeLessThan(
      statementBytesMax,
    );
  });
});
