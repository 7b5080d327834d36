import type { BatchEntry, Input, Store } from 'dynalite/db/index.js';
import type { Reply } from './actions.ts';
import { capacityOf } from './capacity.ts';
import { DynamoError } from './dynamo-error.ts';
import type { ItemWrite, ItemWrites } from './item-writes.ts';
import { digestOf, type RequestTokens } from './request-tokens.ts';
import type { StagedWrite } from './stage-write.ts';
import {
  parseTransaction,
  type TransactionRequest,
  transactionWrites,
} from './transaction-request.ts';

/** TransactWriteItems: every write of it or none, also across a crash. */
export async function transactWriteItems(
  store: Store,
  writes: ItemWrites,
  tokens: RequestTokens,
  body: object,
): Promise<Reply> {
  const request = parseTransaction(body);
  const token = request.ClientRequestToken;
  // Before dynalite reads the items, for it removes from them what it does not know.
  const digest = token == null ? '' : digestOf(request.TransactItems);
  const prepared = transactionWrites(store, request);
  if (token == null) return commit(request, writes, prepared, []);
  const reply = await tokens.once(token, digest, (remember) =>
    commit(request, writes, prepared, [remember]),
  );
  return reply ?? {};
}

async function commit(
  request: TransactionRequest,
  writes: ItemWrites,
  prepared: readonly ItemWrite[],
  extra: readonly BatchEntry[],
): Promise<Reply> {
  const staged = await writes.apply(prepared, extra);
  const reasons = staged.map((write, position) => reasonOf(write, prepared[position]?.input));
  if (staged.some(({ refusal }) => refusal !== undefined)) throw cancelled(reasons);
  return capacityOf(
    { ReturnConsumedCapacity: request.ReturnConsumedCapacity ?? 'NONE' },
    prepared,
    staged,
    2,
  );
}

interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Input['Item'];
}

function reasonOf({ refusal, existing }: StagedWrite, input?: Input): CancellationReason {
  if (refusal === undefined) return { Code: 'None' };
  if (refusal.code !== 'ConditionalCheckFailedException') {
    return { Code: refusal.code.replace(/Exception$/, 'Error'), Message: refusal.message };
  }
  const shown = input?.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && existing;
  return {
    Code: 'ConditionalCheckFailed',
    Message: refusal.message,
    ...(shown && { Item: existing }),
  };
}

function cancelled(reasons: readonly CancellationReason[]): DynamoError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new DynamoError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}
