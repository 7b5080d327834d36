import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { table } from './tables.ts';

/** What the features do again and again; each works on items of its own. */
export class DynamoCalls {
  #client: DynamoDBClient | undefined;

  /** The implementation is there once the suite has started it. */
  use(client: DynamoDBClient): void {
    this.#client = client;
  }

  get client(): DynamoDBClient {
    if (this.#client === undefined) throw new Error('Cannot call DynamoDB: it is not started');
    return this.#client;
  }

  transact(...TransactItems: TransactWriteItem[]) {
    return this.client.send(new TransactWriteItemsCommand({ TransactItems }));
  }

  async read(sk: string) {
    const input = { TableName: table, Key: key(sk), ConsistentRead: true };
    return (await this.client.send(new GetItemCommand(input))).Item;
  }

  /** Why a transaction was cancelled; it is an error when it was not. */
  async cancellation(...items: TransactWriteItem[]): Promise<TransactionCanceledException> {
    const error = await this.transact(...items).catch((reason: unknown) => reason);
    if (error instanceof TransactionCanceledException) return error;
    throw new Error('the transaction was not cancelled', { cause: error });
  }
}

export function key(sk: string) {
  return { pk: { S: 'contract' }, sk: { S: sk } };
}

/** A put without condition. */
export function put(sk: string, more: Record<string, { S: string } | { N: string }> = {}) {
  return { Put: { TableName: table, Item: { ...key(sk), ...more } } };
}
