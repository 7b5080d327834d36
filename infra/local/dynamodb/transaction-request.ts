import type { Input, Store, TableDescription } from 'dynalite/db/index.js';
import { z } from 'zod';
import type { WriteOperation } from './actions.ts';
import { validationError } from './dynamo-error.ts';
import { itemBytes } from './item-size.ts';
import { type ItemWrite, itemPlace } from './item-writes.ts';
import { parseInput } from './parse-input.ts';
import { tableNamed } from './tables.ts';

/** Limits of one transaction. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export const transactionItemsMax = 100;
const transactionBytesMax = 4 * 1024 * 1024;

/** A ConditionCheck is a conditional delete that deletes nothing. */
const operationOf = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
} as const satisfies Record<string, WriteOperation>;
type Kind = keyof typeof operationOf;

const requestSchema = z.object({
  TransactItems: z.array(
    z.object({
      Put: z.record(z.string(), z.unknown()).nullish(),
      Update: z.record(z.string(), z.unknown()).nullish(),
      Delete: z.record(z.string(), z.unknown()).nullish(),
      ConditionCheck: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
  ClientRequestToken: z.string().min(1).max(36).nullish(),
  ReturnConsumedCapacity: z.enum(['INDEXES', 'TOTAL', 'NONE']).optional(),
});
export type TransactionRequest = z.infer<typeof requestSchema>;

/** Checks a transaction as a whole, before its parts. */
export function parseTransaction(body: object): TransactionRequest {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw validationError(z.prettifyError(parsed.error));
  const count = parsed.data.TransactItems.length;
  if (count < 1 || count > transactionItemsMax) {
    const bound =
      count < 1 ? 'greater than or equal to 1' : `less than or equal to ${transactionItemsMax}`;
    throw validationError(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  return parsed.data;
}

/** The writes of a transaction, each checked on its own and against the others. */
export function transactionWrites(store: Store, request: TransactionRequest): readonly ItemWrite[] {
  const parsed = request.TransactItems.map((item, position) => parseAction(store, item, position));
  const bytes = parsed.reduce((total, { input }) => total + requestBytes(input), 0);
  if (bytes > transactionBytesMax) {
    throw validationError(`Transaction payload size cannot exceed 4MB. Payload Size: ${bytes}`);
  }
  const tables = tablesOf(store, parsed);
  const writes = parsed.flatMap(({ kind, input }) => {
    const table = tables.get(input.TableName);
    if (table === undefined) return [];
    const operation = operationOf[kind];
    const place = itemPlace(table, operation, input);
    return [{ table, operation, input, place, checkOnly: kind === 'ConditionCheck' }];
  });
  const places = writes.flatMap(({ place }) => place ?? []);
  if (new Set(places).size < places.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
  return writes;
}

function parseAction(
  store: Store,
  item: TransactionRequest['TransactItems'][number],
  position: number,
): { readonly kind: Kind; readonly input: Input } {
  const kinds = (['Put', 'Update', 'Delete', 'ConditionCheck'] as const).filter(
    (kind) => item[kind] != null,
  );
  const [kind, another] = kinds;
  if (kind === undefined || another !== undefined) {
    throw validationError(
      'TransactItems can only contain one of Check, Put, Update or Delete in each of its members',
    );
  }
  const input = parseInput(store, operationOf[kind], item[kind] ?? {});
  const required = { ConditionCheck: 'ConditionExpression', Update: 'UpdateExpression' } as const;
  const field = kind === 'ConditionCheck' || kind === 'Update' ? required[kind] : undefined;
  if (field && input[field] === undefined) {
    const path = `transactItems.${position + 1}.member.${lowerFirst(kind)}.${lowerFirst(field)}`;
    throw validationError(
      `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return { kind, input };
}

function tablesOf(
  store: Store,
  actions: readonly { readonly input: Input }[],
): ReadonlyMap<string, TableDescription> {
  const names = [...new Set(actions.map(({ input }) => input.TableName))];
  const tables = names.map((name) => tableNamed(store, name));
  for (const table of tables) {
    const indexes = [
      ...(table.GlobalSecondaryIndexes ?? []),
      ...(table.LocalSecondaryIndexes ?? []),
    ].map(({ IndexName }) => IndexName);
    if (indexes.length > 0) {
      throw validationError(
        `Cannot write table ${table.TableName} in a transaction: the local DynamoDB keeps tables with secondary indexes out of transactions: received indexes ${indexes.join(', ')}`,
      );
    }
  }
  return new Map(tables.map((table) => [table.TableName, table]));
}

function requestBytes(input: Input): number {
  return itemBytes(input.Item ?? input.Key) + itemBytes(input.ExpressionAttributeValues ?? {});
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
