import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../cli/simulate-faults/plan.ts';
import { examineTables } from './examine-tables.ts';
import { playEngines } from './play-engines.ts';
import { type HistoryName, putHistory } from './put-history.ts';

/** A DynamoDB for one history, with two tables in it. */
export interface EngineTables {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly tables: { readonly state: string; readonly results: string };
  /** What is to hold of it beside what the engine has left. */
  examine?(): void;
  close(): Promise<void>;
}

/** What histories are played; the wide one is of transactions that take several writes of the disk. */
export const histories: readonly HistoryName[] = [
  ...kinds.map((kind, index) => ({ seed: 101 + index, kind, events: 90, wide: false })),
  { seed: 201, kind: 'sliding', events: 30, wide: true },
];

/** Every event has its one effect, whatever becomes of the processes. Slow: each is a real one. */
export function engineFeatures(
  name: string,
  start: (history: HistoryName) => Promise<EngineTables>,
): void {
  describe(`the engine on ${name}`, { timeout: 180_000 }, () => {
    it.for(histories)(
      'history $seed, $kind, wide $wide: no event is lost or doubled',
      async (history) => {
        const dynamo = await start(history);
        try {
          const { endpoint, tables } = dynamo;
          const order = { history, endpoint, tables };
          const fates = await playEngines(order, { engines: 2, killsEach: 2 });
          const finding = await examineTables(await putHistory(history), dynamo.client, tables);
          expect(finding.violations.map((violation) => violation.slice(0, 500))).toEqual([]);
          expect(finding.counted).toBeGreaterThan(0);
          expect(finding.emissions).toBeGreaterThan(0);
          expect(fates.kills).toBeGreaterThan(0);
          dynamo.examine?.();
        } finally {
          await dynamo.close();
        }
      },
    );
  });
}
