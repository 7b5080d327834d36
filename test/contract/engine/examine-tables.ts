import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { check, countsOf } from '../../../cli/simulate-faults/check.ts';
import type { World } from '../../../cli/simulate-faults/world.ts';
import { textOf } from '../../../shared/stream/state/control.ts';
import type { Attributes, ItemKey } from '../../../shared/stream/state-store.ts';
import type { EngineOrder } from './engine-process.ts';

/** What a history has come to, as the tables tell. */
export interface Finding {
  readonly violations: readonly string[];
  readonly emissions: number;
  readonly counted: number;
  readonly duplicate: number;
}

/** Holds the tables that engines have left against everything that was put into the streams. */
export async function examineTables(
  world: World,
  client: DynamoDBClient,
  tables: EngineOrder['tables'],
): Promise<Finding> {
  for (const table of ['state', 'results'] as const) {
    for await (const { Items = [] } of paginateScan(
      { client },
      { TableName: tables[table], ConsistentRead: true },
    )) {
      for (const item of Items) {
        const { pk, sk, ...attributes } = unmarshall(item) as Attributes & Omit<ItemKey, 'table'>;
        world.audit.onWrite({ table, pk, sk }, undefined, attributes);
        world.table.put({ table, pk, sk }, attributes);
        // Nobody has sent what lies in the outbox: all that was ever said is there.
        if (!pk.startsWith('O#')) continue;
        world.publish([JSON.parse(textOf({ pk, sk, attributes }, 'emission'))]);
      }
    }
  }
  check(world);
  const { counted, duplicate } = countsOf(world);
  return {
    violations: world.violations,
    emissions: world.published.size,
    counted,
    duplicate,
  };
}
