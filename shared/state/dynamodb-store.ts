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
    for (let first = 0; first < keys.length; first += batchWriteMax) {
      let pending = new Map<string, WriteRequest[]>();
      for (const { table, pk, sk } of keys.slice(first, first + batchWriteMax)) {
        const name = this.#tables[table];
        const request = { DeleteRequest: { Key: marshall({ pk, sk }) } };
        pending.set(name, [...(pending.get(name) ?? []), request]);
      }
      while (pending.size > 0) {
        const { UnprocessedItems = {} } = await this.#client.send(
          new BatchWriteItemCommand({ RequestItems: Object.fromEntries(pending) }),
        );
        pending = new Map(Object.entries(UnprocessedItems));
      }
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
