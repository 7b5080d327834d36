import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { generationsKey, toGenerations } from '../../shared/jobs/generations.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import {
  joinRows,
  type SessionItem,
  sessionRow,
  toWindowRow,
  type WindowItem,
  type WindowRow,
  windowEnd,
  windowKey,
} from './window-rows.ts';

const sectionItem = z.object({ sk: z.string(), data: z.string(), updatedAt: z.number() });
const jobItem = z.object({ generation: z.int(), rest: z.string() });
/** A window is told several times a second at most: to meet that over and over is no chance. */
const readsMax = 5;
/** More than a result has. */
const rowsMax = 100;
/** DynamoDB answers a batch with at most so many items. */
const batchMax = 100;

export type SectionItem = z.infer<typeof sectionItem>;

/** Windows whose start lies from `fromMs` (included) to `toMs` (excluded), at most `limit`. */
export interface WindowRange {
  readonly job: string;
  readonly generation: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

interface WindowStarts {
  readonly job: string;
  readonly generation: number;
  /** All different. */
  readonly startsMs: readonly number[];
}

/** What the API reads of the results table; nothing here writes. */
export interface ResultsTable {
  readonly liveSections: () => Promise<SectionItem[]>;
  /** The generation of a declared job whose results count. */
  readonly liveGeneration: (declared: Run) => Promise<number>;
  readonly windows: (range: WindowRange) => Promise<WindowItem[]>;
  /** Those windows of a job that were told, of the ones with these starts, in any order. */
  readonly windowsAt: (wanted: WindowStarts) => Promise<WindowItem[]>;
  /** Sessions of a range; `after` is the one that the page before ended with. */
  readonly sessions: (
    range: WindowRange,
    after?: Pick<SessionItem, 'startMs' | 'key'>,
  ) => Promise<SessionItem[]>;
}

/** What has expired is removed some time later, and the parts of a result each at their own. */
const isKept = 'attribute_not_exists(expiresAt) OR expiresAt > :now';

export function resultsTable(
  client: DynamoDBClient,
  tableName: string,
  now: () => number,
): ResultsTable {
  const nowSeconds = () => Math.floor(now() / 1000);

  /** Follows the pages of a query (1 MB each, whatever is projected) until `limit` is reached. */
  async function query(
    limit: number,
    request: Omit<Parameters<typeof paginateQuery>[1], 'TableName'>,
  ): Promise<Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateQuery({ client }, { TableName: tableName, ...request })) {
      items.push(...(page.Items ?? []));
      if (items.length >= limit) break;
    }
    return items.slice(0, limit);
  }

  function isThere({ expiresAt }: Record<string, AttributeValue>): boolean {
    return expiresAt?.N === undefined || Number(expiresAt.N) > nowSeconds();
  }

  /** Items with these keys, of which an answer may leave out some. */
  async function getAll(
    keys: Record<string, AttributeValue>[],
  ): Promise<Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    let wanted = keys;
    for (let read = 0; read < readsMax; read += 1) {
      const request = { RequestItems: { [tableName]: { Keys: wanted } } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand(request));
      items.push(...(Responses?.[tableName] ?? []).filter(isThere));
      wanted = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (wanted.length === 0) return items;
    }
    throw new Error(`Cannot read results: the table leaves out items: received ${wanted.length}`);
  }

  /** Rows of one window after the other. */
  async function* rowsByWindow(range: WindowRange): AsyncGenerator<WindowRow[]> {
    const { job, generation, fromMs, toMs, order, limit } = range;
    const request = {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': { S: `${job}#${generation}` },
        ':first': { S: windowKey(fromMs) },
        ':last': { S: windowEnd(toMs - 1) },
        ':now': { N: String(nowSeconds()) },
      },
      FilterExpression: isKept,
      ScanIndexForward: order === 'asc',
      // The row after the last window tells that it has no more of them.
      Limit: limit + 1,
    };
    let rows: WindowRow[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, request)) {
      for (const row of Items.map((item) => toWindowRow(unmarshall(item)))) {
        if (rows[0] && rows[0].startMs !== row.startMs) {
          yield rows;
          rows = [];
        }
        rows.push(row);
      }
    }
    if (rows.length > 0) yield rows;
  }

  /** A query is no snapshot: a long result may have been told anew between two of its rows. */
  async function readAgain(
    job: string,
    generation: number,
    [row]: readonly WindowRow[],
  ): Promise<WindowItem | undefined> {
    if (!row) return undefined;
    const { startMs } = row;
    const only = { job, generation, fromMs: startMs, toMs: startMs + 1, order: 'asc' } as const;
    for (let read = 0; read < readsMax; read += 1) {
      for await (const rows of rowsByWindow({ ...only, limit: rowsMax })) {
        const window = joinRows(rows);
        if (window) return window;
      }
    }
    throw new Error(
      `Cannot read a result: its parts are not of one revision: received ${job} from ${startMs}`,
    );
  }

  return {
    async liveSections() {
      const items = await query(Number.POSITIVE_INFINITY, {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'LIVE' } },
      });
      return items.map((item) => sectionItem.parse(unmarshall(item)));
    },

    async liveGeneration(declared) {
      const { pk, sk } = generationsKey(declared.name);
      const key = { pk: { S: pk }, sk: { S: sk } };
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key }));
      const attributes = Item && jobItem.parse(unmarshall(Item));
      return toGenerations(attributes && { pk, sk, attributes }, declared).live;
    },

    async windows({ job, generation, fromMs, toMs, order, limit }) {
      if (toMs <= fromMs) return [];
      const windows: WindowItem[] = [];
      for await (const rows of rowsByWindow({ job, generation, fromMs, toMs, order, limit })) {
        const window = joinRows(rows) ?? (await readAgain(job, generation, rows));
        if (window) windows.push(window);
        if (windows.length >= limit) break;
      }
      return windows;
    },

    async windowsAt({ job, generation, startsMs }) {
      const windows: WindowItem[] = [];
      for (let first = 0; first < startsMs.length; first += batchMax) {
        const keys = startsMs
          .slice(first, first + batchMax)
          .map((startMs) => ({ pk: { S: `${job}#${generation}` }, sk: { S: windowKey(startMs) } }));
        for (const item of await getAll(keys)) {
          const row = toWindowRow(unmarshall(item));
          const window = joinRows([row]) ?? (await readAgain(job, generation, [row]));
          if (window) windows.push(window);
        }
      }
      return windows;
    },

    async sessions({ job, generation, fromMs, toMs, order, limit }, after) {
      const place = after && `${windowKey(after.startMs)}#${after.key}`;
      let [first, last] = [windowKey(fromMs), windowEnd(toMs - 1)];
      if (place !== undefined && order === 'asc' && place > first) first = place;
      if (place !== undefined && order === 'desc' && place < last) last = place;
      if (first > last) return [];
      const items = await query(limit + 1, {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': { S: `${job}#${generation}` },
          ':first': { S: first },
          ':last': { S: last },
          ':now': { N: String(nowSeconds()) },
        },
        FilterExpression: isKept,
        ScanIndexForward: order === 'asc',
        Limit: limit + 1,
      });
      const rows = items.map((item) => sessionRow.parse(unmarshall(item)));
      return rows.filter(({ sk }) => sk !== place).slice(0, limit);
    },
  };
}
