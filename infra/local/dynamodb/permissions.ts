import { z } from 'zod';
import { localAccountId, localRegion, type Permission } from '../service.ts';

const tableRequest = z.object({ TableName: z.string(), IndexName: z.string().nullish() });
const batchRequest = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const transactionRequest = z.object({
  TransactItems: z.array(z.record(z.string(), z.object({ TableName: z.string() }).nullish())),
});
const tagRequest = z.object({ ResourceArn: z.string() });

/** A transaction needs what its parts need. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const actionOfPart = new Map([
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'ConditionCheckItem'],
  ['Get', 'GetItem'],
]);

/**
 * What a caller must be allowed for a request. A request too broken to tell needs the action on
 * everything; its owner is then told what is wrong with it.
 */
export function permissionsOf(operation: string, request: unknown): readonly Permission[] {
  const action = `dynamodb:${operation}`;
  if (operation.startsWith('Transact')) {
    const transaction = transactionRequest.safeParse(request);
    if (!transaction.success) return [{ action, resource: '*' }];
    return unique(transaction.data.TransactItems.flatMap(partPermissions));
  }
  if (operation.startsWith('Batch')) {
    const batch = batchRequest.safeParse(request);
    if (!batch.success) return [{ action, resource: '*' }];
    const tables = Object.keys(batch.data.RequestItems);
    return tables.map((table) => ({ action, resource: tableArn(table) }));
  }
  const single = tableRequest.safeParse(request);
  if (single.success) {
    const { TableName, IndexName } = single.data;
    const resource = tableArn(TableName) + (IndexName == null ? '' : `/index/${IndexName}`);
    return [{ action, resource }];
  }
  const tagged = tagRequest.safeParse(request);
  return [{ action, resource: tagged.success ? tagged.data.ResourceArn : '*' }];
}

function tableArn(table: string): string {
  return `arn:aws:dynamodb:${localRegion}:${localAccountId}:table/${table}`;
}

function partPermissions(
  part: Readonly<Record<string, { readonly TableName: string } | null | undefined>>,
): readonly Permission[] {
  return Object.entries(part).flatMap(([kind, request]) => {
    const action = actionOfPart.get(kind);
    if (action === undefined || request == null) return [];
    return [{ action: `dynamodb:${action}`, resource: tableArn(request.TableName) }];
  });
}

function unique(permissions: readonly Permission[]): readonly Permission[] {
  const byText = new Map(permissions.map((each) => [`${each.action} ${each.resource}`, each]));
  return [...byText.values()];
}
