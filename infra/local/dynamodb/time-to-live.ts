import type { Item, Store } from 'dynalite/db/index.js';
import { z } from 'zod';
import type { Reply } from './actions.ts';
import { validationError } from './dynamo-error.ts';
import { type ItemWrites, itemPlace } from './item-writes.ts';
import { itemsPrefix, rangeOf, timeToLivePrefix } from './key-space.ts';
import { parseInput } from './parse-input.ts';
import { tableNamed } from './tables.ts';

/** Items older than this are kept: a safeguard of DynamoDB against seconds taken for something else. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html */
const oldestExpirySeconds = 5 * 365 * 86_400;

const describeSchema = z.object({ TableName: z.string() });
const updateSchema = z.object({
  TableName: z.string(),
  TimeToLiveSpecification: z.object({
    Enabled: z.boolean(),
    AttributeName: z.string().min(1).max(255),
  }),
});

/** Which attribute of a table holds the time (in seconds) after which its items are removed. */
export class TimeToLive {
  readonly #store: Store;
  readonly #writes: ItemWrites;
  readonly #now: () => number;

  constructor(store: Store, writes: ItemWrites, now: () => number) {
    this.#store = store;
    this.#writes = writes;
    this.#now = now;
  }

  async describe(body: object): Promise<Reply> {
    const { TableName } = checked(describeSchema, body);
    tableNamed(this.#store, TableName);
    const AttributeName = await this.attributeOf(TableName);
    return {
      TimeToLiveDescription:
        AttributeName === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName },
    };
  }

  async update(body: object): Promise<Reply> {
    const { TableName, TimeToLiveSpecification } = checked(updateSchema, body);
    const { Enabled, AttributeName } = TimeToLiveSpecification;
    tableNamed(this.#store, TableName);
    const current = await this.attributeOf(TableName);
    if (current !== undefined && current !== AttributeName) {
      throw validationError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
      );
    }
    if (Enabled === (current !== undefined)) {
      throw validationError(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
    }
    await this.set(TableName, Enabled ? AttributeName : undefined);
    return { TimeToLiveSpecification };
  }

  attributeOf(table: string): Promise<string | undefined> {
    return this.#store.db.get<string>(timeToLivePrefix + table);
  }

  async set(table: string, attribute: string | undefined): Promise<void> {
    const key = timeToLivePrefix + table;
    await this.#store.db.batch([
      attribute === undefined ? { type: 'del', key } : { type: 'put', key, value: attribute },
    ]);
  }

  /** Removes what has expired. */
  async sweep(): Promise<void> {
    for await (const [key, attribute] of this.#store.db.iterator<string>(
      rangeOf(timeToLivePrefix),
    )) {
      const table = key.slice(timeToLivePrefix.length);
      await this.#sweepTable(table, attribute);
    }
  }

  async #sweepTable(table: string, attribute: string): Promise<void> {
    const nowSeconds = Math.floor(this.#now() / 1000);
    for await (const [, item] of this.#store.db.iterator<Item>(rangeOf(itemsPrefix(table)))) {
      const expiry = item[attribute]?.['N'];
      if (expiry === undefined) continue;
      const ageSeconds = nowSeconds - Number(expiry);
      if (ageSeconds > 0 && ageSeconds < oldestExpirySeconds) {
        await this.#remove(table, item, attribute);
      }
    }
  }

  /** Removes an item unless it has been prolonged meanwhile. */
  async #remove(table: string, item: Item, attribute: string): Promise<void> {
    const description = tableNamed(this.#store, table);
    const input = parseInput(this.#store, 'DeleteItem', {
      TableName: table,
      Key: Object.fromEntries(
        description.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
      ),
      ConditionExpression: '#expiry = :expiry',
      ExpressionAttributeNames: { '#expiry': attribute },
      ExpressionAttributeValues: { ':expiry': item[attribute] },
    });
    const place = itemPlace(description, 'DeleteItem', input);
    await this.#writes.apply([{ table: description, operation: 'DeleteItem', input, place }]);
  }
}

function checked<Output>(schema: z.ZodType<Output>, body: object): Output {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw validationError(z.prettifyError(parsed.error));
  return parsed.data;
}
