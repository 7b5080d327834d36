import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntityState, FeatureEvent, FeatureVector } from '../../../shared/features/feature.ts';
import { shopFraud } from '../../../shared/fraud/features.ts';
import { fraudHistory } from '../../fixtures/fraud-history.ts';
import { fraudLake, type SqlRow } from '../../fixtures/fraud-lake.ts';

function online(events: readonly FeatureEvent[]): ReadonlyMap<string, FeatureVector> {
  const states = new Map<string, EntityState>();
  const vectors = new Map<string, FeatureVector>();
  for (const event of events) {
    const { states: changed, vector } = shopFraud.take(event, states);
    for (const [key, state] of changed) states.set(key, state);
    if (vector) vectors.set(`${event.source}|${event.id}`, vector);
  }
  return vectors;
}

function expectSame(vectors: ReadonlyMap<string, FeatureVector>, rows: readonly SqlRow[]): void {
  const faults: string[] = [];
  expect(rows.length).toBe(vectors.size);
  for (const row of rows) {
    const point = `${row['point_source']}|${row['point_id']}`;
    const vector = vectors.get(point) ?? {};
    for (const { name } of shopFraud.features) {
      const told = row[name] ?? null;
      const inSql = told === null ? null : Number(told);
      const atEvent = vector[name] ?? null;
      const isSame =
        inSql === atEvent ||
        (inSql !== null &&
          atEvent !== null &&
          !Number.isInteger(atEvent) &&
          Math.abs(inSql - atEvent) <= 1e-9 * Math.abs(atEvent));
      if (!isSame) faults.push(`${point} ${name}: ${atEvent} at the event, ${inSql} in SQL`);
    }
  }
  expect(faults.slice(0, 10)).toEqual([]);
}

test('shopFraud says the same at the event and in SQL, of any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 150 }), async (seed, happenings) => {
      const root = mkdtempSync(path.join(tmpdir(), 'fraud-'));
      try {
        const { records, events } = fraudHistory(seed, happenings);
        const query = await fraudLake(root, records);
        expectSame(online(events), await query(shopFraud.sql()));
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    }),
    { numRuns: 10 },
  );
}, 120_000);
