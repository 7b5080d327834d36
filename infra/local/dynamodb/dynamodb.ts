import type { Store } from 'dynalite/db/index.js';
import { z } from 'zod';
import type { AwsCall, AwsReply, PlayedService, Resource } from '../service.ts';
import {
  isPlainOperation,
  isWriteOperation,
  type PlainOperation,
  type Reply,
  runPlain,
} from './actions.ts';
import { DynamoError, toDynamoError, validationError } from './dynamo-error.ts';
import { type AroundBatch, ItemWrites } from './item-writes.ts';
import { openStore } from './open-store.ts';
import { parseInput } from './parse-input.ts';
import { permissionsOf } from './permissions.ts';
import { playTable } from './play-tables.ts';
import { RequestTokens } from './request-tokens.ts';
import { writeItem, writeItems } from './single-writes.ts';
import { Sweeping } from './sweeping.ts';
import { tableProperties } from './table-properties.ts';
import { TimeToLive } from './time-to-live.ts';
import { transactGetItems } from './transact-get.ts';
import { transactWriteItems } from './transact-write.ts';

export interface DynamoOptions {
  /** Folder of the data; one process at a time. */
  readonly directory: string;
  /** The tables of the template: `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`. */
  readonly tables: readonly Resource[];
  /** Epoch milliseconds: expiry of items and of request tokens. */
  readonly now: () => number;
  /** Pause between two searches for expired items. @default 60,000 */
  readonly sweepIntervalMs?: number;
  /** For tests that end the process between deciding writes and answering. @default just writes */
  readonly aroundBatch?: AroundBatch;
}

/** DynamoDB on this machine: dynalite on disk, with transactions, idempotency and expiry added. */
export async function createDynamo(options: DynamoOptions): Promise<PlayedService> {
  const tables = options.tables.map(tableProperties);
  const store = await openStore(options.directory);
  const writes = new ItemWrites(store, options.aroundBatch);
  const tokens = new RequestTokens(store, options.now);
  const timeToLive = new TimeToLive(store, writes, options.now);
  for (const table of tables) await playTable(store, timeToLive, table);
  const sweeping = new Sweeping([timeToLive, tokens], options.sweepIntervalMs ?? 60_000);

  async function perform(operation: string, request: object): Promise<Reply> {
    if (isWriteOperation(operation)) return writeItem(store, writes, operation, request);
    if (isPlainOperation(operation)) return performPlain(store, timeToLive, operation, request);
    switch (operation) {
      case 'BatchWriteItem':
        return writeItems(store, writes, request);
      case 'TransactWriteItems':
        return transactWriteItems(store, writes, tokens, request);
      case 'TransactGetItems':
        return transactGetItems(store, writes, request);
      case 'UpdateTimeToLive':
        return timeToLive.update(request);
      case 'DescribeTimeToLive':
        return timeToLive.describe(request);
      default:
        throw new DynamoError(
          'UnknownOperationException',
          `Cannot perform operation: the local DynamoDB does not play it: received ${operation}`,
        );
    }
  }

  return {
    signingName: 'dynamodb',
    permissions: (call) => permissionsOf(call.operation ?? '', requestOf(call)),
    async handle(call) {
      try {
        return replyWith(200, await perform(call.operation ?? '', requestOf(call)));
      } catch (error) {
        const known = toDynamoError(error);
        if (known === undefined) throw error;
        const { code, message, fields, status } = known;
        const type = `com.amazonaws.dynamodb.v20120810#${code}`;
        return replyWith(status, { __type: type, message, ...fields });
      }
    },
    async close() {
      await sweeping.stop();
      await store.db.close();
    },
  };
}

async function performPlain(
  store: Store,
  timeToLive: TimeToLive,
  operation: PlainOperation,
  request: object,
): Promise<Reply> {
  if (operation === 'CreateTable' && 'StreamSpecification' in request) {
    throw validationError('Cannot create table: the local DynamoDB does not support streams');
  }
  const input = parseInput(store, operation, request);
  const reply = await runPlain(store, operation, input);
  if (operation === 'DeleteTable') await timeToLive.set(input.TableName, undefined);
  return reply;
}

const requestSchema = z.looseObject({});
/** It is read to authorise a call, and again to perform it. */
const requests = new WeakMap<AwsCall, object>();

function requestOf(call: AwsCall): object {
  try {
    const known = requests.get(call);
    if (known !== undefined) return known;
    const request = requestSchema.parse(JSON.parse(call.body.toString('utf8')));
    requests.set(call, request);
    return request;
  } catch (error) {
    throw new DynamoError('SerializationException', `Cannot read request: ${String(error)}`);
  }
}

function replyWith(status: number, body: Reply): AwsReply {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(body),
  };
}
