import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import {
  type Item,
  type ItemKey,
  RefusedError,
  type StateStore,
  type Write,
} from '../stream/state-store.ts';

/** Physical names of the tables; both have the keys `pk` and `sk` and no secondary index. */
interface TableNames {
  readonly state: string;
  readonly results: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const batchWriteMax = 25;
const batchWriteAttemptsMax = 8;

const storedItem = z
  .object({ pk: z.string(), sk: z.string() })
  .catchall(z.union([z.string(), z.number(), z.boolean()]));

/** The engine's store in DynamoDB. Every read is strongly consistent. */
export class DynamoDbStore implements StateStore {
  readonly #client: DynamoDBClient;
  readonly #tables: TableNames;

  constructor(client: DynamoDBClient, tables: TableNames) {
    this.#client = client;
    this.#tables = tables;
  }

  async get({ table, pk, sk }: ItemKey): Promise<Item | undefined> {
    const { Item: found } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#tables[table],
        Key: marshall({ pk, sk }),
        ConsistentRead: true,
      }),
    );
    return found && toItem(unmarshall(found));
  }

  async query(
    { table, pk }: Pick<ItemKey, 'table' | 'pk'>,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<readonly Item[]> {
    const items: Item[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page: QueryCommandOutput = await this.#client.send(
        new QueryCommand({
          TableName: this.#tables[table],
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: marshall({ ':pk': pk, ':from': from, ':to': to }),
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const found of page.Items ?? []) items.push(toItem(unmarshall(found)));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }

  async transact(writes: readonly Write[]): Promise<void> {
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({ TransactItems: writes.map((write) => this.#part(write)) }),
      );
    } catch (error) {
      if (error instanceof TransactionCanceledException && isRefusal(error)) {
        throw new RefusedError('Cannot write: a condition does not hold', { cause: error });
      }
      throw error;
    }
  }

  async remove(keys: readonly ItemKey[]): Promise<void> {
    // A batch that names an item twice is refused whole.
    const distinct = new Map(keys.map((key) => [`${key.table} ${key.pk} ${key.sk}`, key]));
    const rest = [...distinct.values()];
    while (rest.length > 0) await this.#removeBatch(rest.splice(0, batchWriteMax));
  }

  async #removeBatch(keys: readonly ItemKey[]): Promise<void> {
    const byTable = Map.groupBy(keys, ({ table }) => this.#tables[table]);
    let pending: Record<string, WriteRequest[]> = {};
    for (const [name, ofTable] of byTable) {
      pending[name] = ofTable.map(({ pk, sk }) => ({
        DeleteRequest: { Key: marshall({ pk, sk }) },
      }));
    }
    for (let attempt = 1; Object.keys(pending).length > 0; attempt += 1) {
      if (attempt > batchWriteAttemptsMax) {
        throw new Error(
          `Cannot remove items: DynamoDB still leaves some undone after ${batchWriteAttemptsMax} tries: received ${keys.length} keys`,
        );
      }
      const { UnprocessedItems = {} } = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: pending }),
      );
      pending = UnprocessedItems;
    }
  }

  #part({ key, condition, put }: Write): TransactWriteItem {
    const { pk, sk } = key;
    const conditional = condition && expressionOf(condition);
    const named = { TableName: this.#tables[key.table], ...conditional };
    if (put) return { Put: { ...named, Item: marshall({ ...put, pk, sk }) } };
    if (!conditional) {
      throw new TypeError(`Cannot write ${pk} ${sk}: neither a put nor a condition is given`);
    }
    return { ConditionCheck: { ...named, ...conditional, Key: marshall({ pk, sk }) } };
  }
}

function expressionOf(condition: NonNullable<Write['condition']>) {
  if ('absent' in condition) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#attribute = :value',
    ExpressionAttributeNames: { '#attribute': condition.attribute },
    ExpressionAttributeValues: marshall({ ':value': condition.equals }),
  };
}

/** Refused for sure: by a condition, or by another transaction on the same items. */
function isRefusal({ CancellationReasons: reasons = [] }: TransactionCanceledException): boolean {
  const codes = reasons.map(({ Code }) => Code).filter((code) => code && code !== 'None');
  return (
    codes.length > 0 &&
    codes.every((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')
  );
}

function toItem(stored: unknown): Item {
  const { pk, sk, ...attributes } = storedItem.parse(stored);
  return { pk, sk, attributes };
}
