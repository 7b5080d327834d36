import batchGetItemAction from 'dynalite/actions/batchGetItem.js';
import createTableAction from 'dynalite/actions/createTable.js';
import deleteItemAction from 'dynalite/actions/deleteItem.js';
import deleteTableAction from 'dynalite/actions/deleteTable.js';
import describeTableAction from 'dynalite/actions/describeTable.js';
import getItemAction from 'dynalite/actions/getItem.js';
import listTablesAction from 'dynalite/actions/listTables.js';
import listTagsOfResourceAction from 'dynalite/actions/listTagsOfResource.js';
import putItemAction from 'dynalite/actions/putItem.js';
import queryAction from 'dynalite/actions/query.js';
import scanAction from 'dynalite/actions/scan.js';
import tagResourceAction from 'dynalite/actions/tagResource.js';
import untagResourceAction from 'dynalite/actions/untagResource.js';
import updateItemAction from 'dynalite/actions/updateItem.js';
import type { Input, Store } from 'dynalite/db/index.js';
import batchGetItem from 'dynalite/validations/batchGetItem.js';
import batchWriteItem from 'dynalite/validations/batchWriteItem.js';
import createTable from 'dynalite/validations/createTable.js';
import deleteItem from 'dynalite/validations/deleteItem.js';
import deleteTable from 'dynalite/validations/deleteTable.js';
import describeTable from 'dynalite/validations/describeTable.js';
import getItem from 'dynalite/validations/getItem.js';
import type { Validation } from 'dynalite/validations/index.js';
import listTables from 'dynalite/validations/listTables.js';
import listTagsOfResource from 'dynalite/validations/listTagsOfResource.js';
import putItem from 'dynalite/validations/putItem.js';
import query from 'dynalite/validations/query.js';
import scan from 'dynalite/validations/scan.js';
import tagResource from 'dynalite/validations/tagResource.js';
import untagResource from 'dynalite/validations/untagResource.js';
import updateItem from 'dynalite/validations/updateItem.js';

import { readView } from './read-view.ts';

export type Reply = Readonly<Record<string, unknown>>;
export type Action = typeof getItemAction;

/** DynamoDB returns the refused item on request; dynalite does not know the field. */
function refusable(validation: Validation): Validation {
  const ReturnValuesOnConditionCheckFailure = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
  return { ...validation, types: { ...validation.types, ReturnValuesOnConditionCheckFailure } };
}

/** What dynalite checks, by operation; BatchWriteItem is checked by it and carried out by us. */
export const validationOf = {
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateTable: createTable,
  DeleteItem: refusable(deleteItem),
  DeleteTable: deleteTable,
  DescribeTable: describeTable,
  GetItem: getItem,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: refusable(putItem),
  Query: query,
  Scan: scan,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateItem: refusable(updateItem),
} satisfies Record<string, Validation>;

/** Writes of one item: staged first, see `stage-write.ts`. */
export const writeActionOf = {
  PutItem: putItemAction,
  UpdateItem: updateItemAction,
  DeleteItem: deleteItemAction,
} satisfies Record<string, Action>;

/** Reads of items: against a view of the store, see `read-view.ts`. */
const readActionOf = {
  BatchGetItem: batchGetItemAction,
  GetItem: getItemAction,
  Query: queryAction,
  Scan: scanAction,
} satisfies Record<string, Action>;

/** Everything dynalite carries out as it stands. */
const plainActionOf = {
  ...readActionOf,
  CreateTable: createTableAction,
  DeleteTable: deleteTableAction,
  DescribeTable: describeTableAction,
  ListTables: listTablesAction,
  ListTagsOfResource: listTagsOfResourceAction,
  TagResource: tagResourceAction,
  UntagResource: untagResourceAction,
} satisfies Record<string, Action>;

export type WriteOperation = keyof typeof writeActionOf;
export type PlainOperation = keyof typeof plainActionOf;

export function runPlain(store: Store, operation: PlainOperation, input: Input): Promise<Reply> {
  const view = Object.hasOwn(readActionOf, operation) ? readView(store) : store;
  return new Promise((resolve, reject) => {
    plainActionOf[operation](view, input, (error, reply) => {
      if (error) reject(error);
      else resolve(reply ?? {});
    });
  });
}

export function isWriteOperation(name: string): name is WriteOperation {
  return Object.hasOwn(writeActionOf, name);
}

export function isPlainOperation(name: string): name is PlainOperation {
  return Object.hasOwn(plainActionOf, name);
}
