import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type KeyedStates, keyedStates } from '../../../shared/jobs/keyed-states.ts';
import { saleJob } from '../../../shared/sales/sale-job.ts';
import type { SaleState } from '../../../shared/sales/sale-state.ts';
import { DynamoDbStore } from '../../../shared/state/dynamodb-store.ts';

/** What the job of the sale features remembers, and the time at which it is asked. */
export interface KnownSales {
  readonly states: Pick<KeyedStates<SaleState>, 'read'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** A page that waits for its numbers waits no longer than this. */
const timeoutMs = 2_000;

export function knownSales(
  client: DynamoDBClient,
  tables: ConstructorParameters<typeof DynamoDbStore>[1],
  now: () => number,
): KnownSales {
  const store = new DynamoDbStore(client, tables);
  const { name: job, generation, stateTtlMs } = saleJob;
  return {
    states: keyedStates<SaleState>({ store, job, generation, stateTtlMs, timeoutMs, now }),
    now,
  };
}
