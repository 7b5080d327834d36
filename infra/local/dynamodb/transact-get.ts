import type { Store } from 'dynalite/db/index.js';
import { z } from 'zod';
import { type Reply, runPlain } from './actions.ts';
import { validationError } from './dynamo-error.ts';
import { type ItemWrites, itemPlace } from './item-writes.ts';
import { parseInput } from './parse-input.ts';
import { tableNamed } from './tables.ts';
import { transactionItemsMax } from './transaction-request.ts';

const requestSchema = z.object({
  TransactItems: z
    .array(z.object({ Get: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(transactionItemsMax),
  ReturnConsumedCapacity: z.enum(['INDEXES', 'TOTAL', 'NONE']).optional(),
});

/** TransactGetItems: all items as they were at one moment, between any two transactions. */
export async function transactGetItems(
  store: Store,
  writes: ItemWrites,
  body: object,
): Promise<Reply> {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw validationError(z.prettifyError(parsed.error));
  const ReturnConsumedCapacity = parsed.data.ReturnConsumedCapacity ?? 'NONE';
  const gets = parsed.data.TransactItems.map(({ Get }) => {
    const input = parseInput(store, 'GetItem', {
      ...Get,
      ConsistentRead: true,
      ReturnConsumedCapacity,
    });
    const table = tableNamed(store, input.TableName);
    const place = itemPlace(table, 'DeleteItem', input);
    if (place === undefined) {
      throw validationError('The provided key element does not match the schema');
    }
    return { input, place };
  });
  const places = gets.map(({ place }) => place);
  if (new Set(places).size < places.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
  const replies = await writes.holding(places, () =>
    Promise.all(gets.map(({ input }) => runPlain(store, 'GetItem', input))),
  );
  return {
    Responses: replies.map(({ Item }) => (Item ? { Item } : {})),
    ...consumed(replies),
  };
}

const capacitySchema = z.object({ TableName: z.string(), CapacityUnits: z.number() });

/** Two reads an item: the transaction prepares and then reads. */
function consumed(replies: readonly Reply[]): Reply {
  const unitsOf = new Map<string, number>();
  for (const { ConsumedCapacity } of replies) {
    if (ConsumedCapacity === undefined) continue;
    const { TableName, CapacityUnits } = capacitySchema.parse(ConsumedCapacity);
    unitsOf.set(TableName, (unitsOf.get(TableName) ?? 0) + 2 * CapacityUnits);
  }
  if (unitsOf.size === 0) return {};
  return {
    ConsumedCapacity: [...unitsOf].map(([TableName, CapacityUnits]) => ({
      TableName,
      CapacityUnits,
    })),
  };
}
