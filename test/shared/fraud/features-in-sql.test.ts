import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EntityState, FeatureEvent, FeatureVector } from '../../../shared/features/feature.ts';
import { shopFraud } from '../../../shared/fraud/features.ts';
import { createRandom } from '../../../shared/random/random.ts';
import { multiKeyedJob } from '../../../shared/stream/job.ts';
import { loggedSource, playLog } from '../../fixtures/event-log.ts';
import { differences, type Vectors, vectorsOf } from '../../fixtures/feature-vectors.ts';
import { type FraudHistory, fraudHistory } from '../../fixtures/fraud-history.ts';
import { fraudLake, type SqlRow } from '../../fixtures/fraud-lake.ts';

// A query of all features takes seconds to translate, so one history is long instead of many short.
const seed = Number(process.env['SEED'] ?? createRandom(Date.now()).integer(0, 1e9));

/** Athena takes no longer statement. */
const statementBytesMax = 262_144;

/** The engine over several shards, with kills and copies, event by event in order of time. */
async function byEngine(events: readonly FeatureEvent[]): Promise<Vectors> {
  const job = multiKeyedJob([loggedSource<FeatureEvent>('events')], {
    name: 'features',
    generation: 1,
    eventTimeMs: ({ atMs }) => atMs,
    keys: shopFraud.keys,
    stateTtlMs: shopFraud.memoryMs,
    watermarkDelayMs: 0,
    allowedLatenessMs: 0,
    maxFutureMs: Number.MAX_SAFE_INTEGER,
    evaluate(event, states: ReadonlyMap<string, EntityState>) {
      const { states: changed, vector } = shopFraud.take(event, states);
      const id = `${event.source}|${event.id}`;
      const told = { id, type: 'vector', revision: 1, entity: 'all', data: vector };
      return { states: changed, emissions: vector ? [told] : [] };
    },
  });
  const steps = events.map((event) => ({ id: `${event.source}|${event.id}`, event }));
  const { emissions } = await playLog(job, steps, { seed, shards: 3, oneByOne: true });
  return new Map(emissions.map(({ id, data }) => [id, data as FeatureVector]));
}

let root: string;
let history: FraudHistory;
let rows: readonly SqlRow[];
let query: Awaited<ReturnType<typeof fraudLake>>;

describe(`shopFraud, by SEED=${seed}`, () => {
  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'fraud-'));
    history = fraudHistory(seed, 1_500);
    query = await fraudLake(root, history.records);
    rows = await query(shopFraud.sql());
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('says the same in SQL as at the event, of every feature of every point', () => {
    const vectors = vectorsOf(shopFraud, history.events);
    expect(rows.length).toBe(vectors.size);
    expect(differences(shopFraud, vectors, rows).slice(0, 10)).toEqual([]);
  });

  test('says the same when the engine takes the events, over shards, with kills and copies', async () => {
    const first = history.events.slice(0, 300);
    const vectors = await byEngine(first);
    const points = first.filter(({ source }) => shopFraud.points.includes(source));
    expect(vectors.size).toBe(points.length);
    const ofThese = rows.filter((row) => vectors.has(`${row['point_source']}|${row['point_id']}`));
    expect(differences(shopFraud, vectors, ofThese).slice(0, 10)).toEqual([]);
  }, 120_000);

  test('says the same of the points of a span', async () => {
    const times = history.events.map(({ atMs }) => atMs);
    const [fromMs, untilMs] = [times[500] ?? 0, times[1_000] ?? 0];
    const inSpan = ({ source, atMs }: FeatureEvent) =>
      shopFraud.points.includes(source) && atMs >= fromMs && atMs < untilMs;
    const ofSpan = await query(shopFraud.sql({ fromMs, untilMs }));
    expect(ofSpan).toHaveLength(history.events.filter(inSpan).length);
    expect(
      differences(shopFraud, vectorsOf(shopFraud, history.events), ofSpan).slice(0, 10),
    ).toEqual([]);
  }, 120_000);

  test('has no feature that is always the same', () => {
    const vectors = [...vectorsOf(shopFraud, history.events).values()];
    const constant = shopFraud.features
      .map(({ name }) => name)
      .filter((name) => new Set(vectors.map((vector) => vector[name])).size < 2);
    expect(constant).toEqual([]);
  });

  test('is a statement that Athena takes', () => {
    expect(Buffer.byteLength(shopFraud.sql({ fromMs: 0, untilMs: 1e13 }))).toBeLessThan(
      statementBytesMax,
    );
  });
});
