import type { BatchRequest, Input, Store } from 'dynalite/db/index.js';
import type { Reply, WriteOperation } from './actions.ts';
import { capacityOf } from './capacity.ts';
import { DynamoError, validationError } from './dynamo-error.ts';
import { type ItemWrite, type ItemWrites, itemPlace } from './item-writes.ts';
import { parseInput } from './parse-input.ts';
import { tableNamed } from './tables.ts';

/** PutItem, UpdateItem and DeleteItem. */
export async function writeItem(
  store: Store,
  writes: ItemWrites,
  operation: WriteOperation,
  request: object,
): Promise<Reply> {
  const input = parseInput(store, operation, request);
  const table = tableNamed(store, input.TableName);
  const place = itemPlace(table, operation, input);
  const [staged] = await writes.apply([{ table, operation, input, place }]);
  if (!staged?.refusal) return staged?.reply ?? {};
  const { code, message } = staged.refusal;
  const shown =
    code === 'ConditionalCheckFailedException' &&
    input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' &&
    staged.existing;
  throw shown ? new DynamoError(code, message, { Item: staged.existing }) : staged.refusal;
}

/** BatchWriteItem. Here the whole batch is written at once, so nothing stays unprocessed. */
export async function writeItems(
  store: Store,
  writes: ItemWrites,
  request: object,
): Promise<Reply> {
  const input = parseInput(store, 'BatchWriteItem', request);
  const batch = Object.entries(input.RequestItems).flatMap(([name, requests]) =>
    tableWrites(store, name, requests),
  );
  const staged = await writes.apply(batch);
  const refused = staged.find(({ refusal }) => refusal !== undefined);
  if (refused?.refusal) throw refused.refusal;
  return { UnprocessedItems: {}, ...capacityOf(input, batch, staged, 1) };
}

function tableWrites(
  store: Store,
  name: string,
  requests: readonly BatchRequest[],
): readonly ItemWrite[] {
  const table = tableNamed(store, name);
  const seen = new Set<string>();
  return requests.map((request) => {
    const operation = request.PutRequest ? 'PutItem' : 'DeleteItem';
    const input = { TableName: name, ...request.PutRequest, ...request.DeleteRequest } as Input;
    const place = itemPlace(table, operation, input);
    if (place === undefined) {
      throw validationError('The provided key element does not match the schema');
    }
    if (seen.has(place)) {
      throw validationError('Provided list of item keys contains duplicates');
    }
    seen.add(place);
    return { table, operation, input, place };
  });
}
