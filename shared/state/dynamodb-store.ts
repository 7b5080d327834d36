import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import {
  type Attributes,
  type Item,
  type ItemKey,
  RefusedError,
  type SortKeyRange,
  type StateStore,
  type Write,
} from '../stream/state-store.ts';
import { GatheredGets } from './gathered-gets.ts';

/** Physical names of the tables; both have the keys `pk` and `sk` and no secondary index. */
interface TableNames {
  readonly state: string;
  readonly results: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const batchWriteMax = 25;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const batchGetMax = 100;
/** Calls in a row of which DynamoDB did nothing: it throttles. */
const idleAttemptsMax = 8;
const firstPauseMs = 10;

/** The engine's store in DynamoDB. Every read is strongly consistent. */
export class DynamoDbStore implements StateStore {
  readonly #client: DynamoDBClient;
  readonly #tables: TableNames;
  readonly #gets = new GatheredGets((keys) => this.#getGathered(keys));

  constructor(client: DynamoDBClient, tables: TableNames) {
    this.#client = client;
    this.#tables = tables;
  }

  get(key: ItemKey): Promise<Item | undefined> {
    return this.#gets.get(key);
  }

  async getMany(keys: readonly ItemKey[]): Promise<readonly (Item | undefined)[]> {
    const found = new Map<string, Item>();
    for (let first = 0; first < keys.length; first += batchGetMax) {
      await this.#getBatch(keys.slice(first, first + batchGetMax), found);
    }
    return keys.map((key) => found.get(nameOf(this.#tables[key.table], key)));
  }

  async query(
    { table, pk }: Pick<ItemKey, 'table' | 'pk'>,
    { from, to, max }: SortKeyRange,
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
          ...(max !== undefined && { Limit: max - items.length }),
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const found of page.Items ?? []) items.push(toItem(found));
      start = page.LastEvaluatedKey;
    } while (start && items.length < (max ?? Infinity));
    return items;
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const [only] = writes;
    // Alone and without a condition a write costs half of what it costs in a transaction.
    if (writes.length === 1 && only?.put && !only.condition && !only.remove) {
      return this.#put(only.key, only.put);
    }
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

  async #put({ table, pk, sk }: ItemKey, attributes: Attributes): Promise<void> {
    const Item = marshall({ ...attributes, pk, sk });
    await this.#client.send(new PutItemCommand({ TableName: this.#tables[table], Item }));
  }

  async remove(keys: readonly ItemKey[]): Promise<void> {
    // A batch that names an item twice is refused whole.
    const distinct = new Map(keys.map((key) => [nameOf(key.table, key), key]));
    const rest = [...distinct.values()];
    while (rest.length > 0) await this.#removeBatch(rest.splice(0, batchWriteMax));
  }

  async #getGathered(keys: readonly ItemKey[]): Promise<readonly (Item | undefined)[]> {
    const [only] = keys;
    return only && keys.length === 1 ? [await this.#getOne(only)] : this.getMany(keys);
  }

  async #getOne({ table, pk, sk }: ItemKey): Promise<Item | undefined> {
    const { Item: found } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#tables[table],
        Key: marshall({ pk, sk }),
        ConsistentRead: true,
      }),
    );
    return found && toItem(found);
  }

  /** An answer ends at 16 MB; what did not fit is asked for again. */
  async #getBatch(keys: readonly ItemKey[], into: Map<string, Item>): Promise<void> {
    let pending: Record<string, KeysAndAttributes> = {};
    for (const [name, ofTable] of Map.groupBy(keys, ({ table }) => this.#tables[table])) {
      const Keys = ofTable.map(({ pk, sk }) => marshall({ pk, sk }));
      pending[name] = { Keys, ConsistentRead: true };
    }
    await untilDone('read', keys.length, async () => {
      const { Responses = {}, UnprocessedKeys = {} } = await this.#client.send(
        new BatchGetItemCommand({ RequestItems: pending }),
      );
      for (const [table, items] of Object.entries(Responses)) {
        for (const item of items.map(toItem)) into.set(nameOf(table, item), item);
      }
      pending = UnprocessedKeys;
      return sumOf(Object.values(pending), ({ Keys = [] }) => Keys.length);
    });
  }

  async #removeBatch(keys: readonly ItemKey[]): Promise<void> {
    let pending: Record<string, WriteRequest[]> = {};
    for (const [name, ofTable] of Map.groupBy(keys, ({ table }) => this.#tables[table])) {
      pending[name] = ofTable.map(({ pk, sk }) => ({
        DeleteRequest: { Key: marshall({ pk, sk }) },
      }));
    }
    await untilDone('remove', keys.length, async () => {
      const { UnprocessedItems = {} } = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: pending }),
      );
      pending = UnprocessedItems;
      return sumOf(Object.values(pending), (requests) => requests.length);
    });
  }

  #part({ key, condition, put, remove }: Write): TransactWriteItem {
    const { pk, sk } = key;
    const conditional = condition && expressionOf(condition);
    const named = { TableName: this.#tables[key.table], ...conditional };
    if (put && remove) throw contradiction(key);
    if (put) return { Put: { ...named, Item: marshall({ ...put, pk, sk }) } };
    const keyed = { ...named, Key: marshall({ pk, sk }) };
    if (remove) return { Delete: keyed };
    if (!conditional) {
      throw new TypeError(`Cannot write ${pk} ${sk}: neither a put nor a condition is given`);
    }
    return { ConditionCheck: { ...keyed, ...conditional } };
  }
}

/**
 * Asks again for what a call has left undone; while calls get nothing done, ever later.
 *
 * @param call one call; answers how many keys are left.
 */
async function untilDone(what: string, keys: number, call: () => Promise<number>): Promise<void> {
  let left = keys;
  for (let idle = 0; ; ) {
    const before = left;
    left = await call();
    if (left === 0) return;
    idle = left < before ? 0 : idle + 1;
    if (idle === idleAttemptsMax) {
      throw new Error(
        `Cannot ${what} items: DynamoDB got nothing more done in ${idleAttemptsMax} tries: received ${keys} keys, ${left} of them left`,
      );
    }
    if (idle > 0) await pause(firstPauseMs * 2 ** idle);
  }
}

function sumOf<Part>(parts: readonly Part[], size: (part: Part) => number): number {
  return parts.reduce((sum, part) => sum + size(part), 0);
}

function nameOf(table: string, { pk, sk }: Pick<ItemKey, 'pk' | 'sk'>): string {
  return JSON.stringify([table, pk, sk]);
}

function contradiction({ pk, sk }: ItemKey): TypeError {
  return new TypeError(`Cannot write ${pk} ${sk}: both a put and a removal are given`);
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

function toItem({ pk, sk, ...rest }: Record<string, AttributeValue>): Item {
  const attributes: Record<string, Attributes[string]> = {};
  for (const [name, value] of Object.entries(rest)) {
    attributes[name] = value.S ?? value.B ?? value.BOOL ?? numberOf(name, value);
  }
  return { pk: pk?.S ?? '', sk: sk?.S ?? '', attributes };
}

function numberOf(name: string, value: AttributeValue): number {
  if (value.N !== undefined) return Number(value.N);
  throw new TypeError(
    `Cannot read attribute ${name}: it is no string, number, boolean or bytes: received ${Object.keys(value)}`,
  );
}
