/**
 * The inner parts of dynalite 4.0.0 that the local DynamoDB is built on; the package ships no types.
 * What they take is checked by dynalite's own validations before, so inputs are named only as far as
 * this folder reads them.
 */
declare module 'dynalite/db/index.js' {
  export type AttributeValue = Readonly<Record<string, unknown>>;
  export type Item = Readonly<Record<string, AttributeValue>>;

  export interface KeyElement {
    readonly AttributeName: string;
    readonly KeyType: string;
  }

  export interface IndexDescription {
    readonly IndexName: string;
    readonly KeySchema: readonly KeyElement[];
    readonly Projection: {
      readonly ProjectionType?: string;
      readonly NonKeyAttributes?: readonly string[] | undefined;
    };
    readonly IndexStatus?: string;
  }

  export interface TableDescription {
    readonly TableName: string;
    readonly TableStatus: string;
    readonly KeySchema: readonly KeyElement[];
    readonly AttributeDefinitions: readonly {
      readonly AttributeName: string;
      readonly AttributeType: string;
    }[];
    readonly GlobalSecondaryIndexes?: readonly IndexDescription[];
    readonly LocalSecondaryIndexes?: readonly IndexDescription[];
  }

  /** A request after dynalite's validations; expressions are parsed into the `_` fields. */
  export interface Input {
    readonly TableName: string;
    readonly Item: Item;
    readonly Key: Item;
    readonly ConditionExpression?: string;
    readonly UpdateExpression?: string;
    readonly ExpressionAttributeValues?: Item;
    readonly ReturnConsumedCapacity?: string;
    readonly ReturnValuesOnConditionCheckFailure?: string;
    readonly RequestItems: Readonly<Record<string, readonly BatchRequest[]>>;
    readonly _condition?: { readonly expression: Expression };
    readonly _filter?: { readonly expression: Expression };
  }

  export interface BatchRequest {
    readonly PutRequest?: { readonly Item: Item };
    readonly DeleteRequest?: { readonly Key: Item };
  }

  /** A node of a parsed expression, a path (array of names and positions) or a literal value. */
  export type Expression =
    | { readonly type: string; readonly name?: string; readonly args: readonly Expression[] }
    | readonly (string | number)[]
    | AttributeValue;

  export type Done<Value> = (error: Error | null | undefined, value?: Value) => void;

  export interface SubDatabase {
    get(key: string, done: Done<Item>): void;
    put(key: string, value: Item, done: Done<void>): void;
    del(key: string, done: Done<void>): void;
    lock(
      keys: string | readonly string[],
      work: (release: <Value>(done: Done<Value>) => Done<Value>) => void,
    ): void;
  }

  export interface TableDatabase extends SubDatabase {
    awsAccountId: string;
    awsRegion: string;
  }

  export interface BatchEntry<Value = unknown> {
    readonly type: 'put' | 'del';
    readonly key: string;
    readonly value?: Value;
  }

  export interface KeyRange {
    readonly gte: string;
    readonly lt: string;
  }

  export interface Level {
    open(): Promise<void>;
    close(): Promise<void>;
    get<Value>(key: string): Promise<Value | undefined>;
    getSync<Value>(key: string): Value | undefined;
    put(key: string, value: unknown): Promise<void>;
    batch(entries: readonly BatchEntry[]): Promise<void>;
    clear(range: KeyRange): Promise<void>;
    iterator<Value>(range: KeyRange): AsyncIterable<[key: string, value: Value]>;
    keys(range?: KeyRange): LevelIterator;
    values(range?: KeyRange): LevelIterator;
  }

  /** Holds a view of the database and 64 kB until it is closed. */
  export interface LevelIterator {
    close(): Promise<void>;
    /** What dynalite calls when it has read enough, if it is there. */
    return?(): Promise<void>;
  }

  export interface Store {
    readonly options: { readonly maxItemSize: number };
    readonly db: Level;
    readonly tableDb: TableDatabase;
    getTable(name: string, done: Done<TableDescription>): void;
    getItemDb(table: string): SubDatabase;
    getIndexDb(kind: 'Local' | 'Global', table: string, index: string): SubDatabase;
  }

  export function create(options: {
    path: string;
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
  }): Store;
  export function validateKey(key: Item, table: TableDescription): Error | null | undefined;
  export function validateItem(item: Item, table: TableDescription): Error | null | undefined;
  export function createKey(keyOrItem: Item, table: TableDescription): string;
  export function getIndexActions(
    indexes: readonly IndexDescription[],
    existing: Item | null,
    item: Item | null,
    table: TableDescription,
  ): { readonly puts: readonly { index: string; key: string; item: Item }[] };
}

declare module 'dynalite/db/conditionParser.js' {
  /** Names and values that come with an expression, and those of them that it has not used yet. */
  export interface ParserContext {
    readonly attrNames?: Readonly<Record<string, string>>;
    readonly attrVals?: Readonly<Record<string, unknown>>;
    readonly unusedAttrNames: Record<string, true>;
    readonly unusedAttrVals: Record<string, true>;
    readonly isKeyCondition?: boolean;
  }

  export interface ExpressionParser {
    parse(text: string, options: { readonly context: ParserContext }): unknown;
  }

  const conditionParser: ExpressionParser;
  export default conditionParser;
}

declare module 'dynalite/db/updateParser.js' {
  import type { ExpressionParser } from 'dynalite/db/conditionParser.js';

  const updateParser: ExpressionParser;
  export default updateParser;
}

declare module 'dynalite/validations/index.js' {
  import type { Input, Store } from 'dynalite/db/index.js';

  export interface Validation {
    readonly types: Readonly<Record<string, unknown>>;
    readonly custom?: (input: Input, store: Store) => string | undefined;
  }

  const validations: {
    /** Throws an error in dynalite's form where a field has the wrong JSON type; drops unknown ones. */
    checkTypes(input: object, types: Validation['types']): Input;
    checkValidations(
      input: Input,
      types: Validation['types'],
      custom: Validation['custom'],
      store: Store,
    ): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  import type { Validation } from 'dynalite/validations/index.js';

  const validation: Validation;
  export default validation;
}

declare module 'dynalite/actions/*' {
  import type { Done, Input, Store } from 'dynalite/db/index.js';

  const action: (store: Store, input: Input, done: Done<Readonly<Record<string, unknown>>>) => void;
  export default action;
}
