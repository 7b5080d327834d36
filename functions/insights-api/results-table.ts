import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';

const sectionItem = z.object({ sk: z.string(), data: z.string(), updatedAt: z.number() });
const jobItem = z.object({ generation: z.int() });
const windowItem = z.object({
  startMs: z.int(),
  endMs: z.int(),
  revision: z.int(),
  closed: z.boolean(),
  final: z.boolean(),
  data: z.string(),
  updatedAt: z.number(),
});

export type SectionItem = z.infer<typeof sectionItem>;
export type WindowItem = z.infer<typeof windowItem>;

/** Windows whose start lies from `fromMs` (included) to `toMs` (excluded), at most `limit`. */
export interface WindowRange {
  readonly job: string;
  readonly generation: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

/** What the API reads of the results table; nothing here writes. */
export interface ResultsTable {
  readonly liveSections: () => Promise<SectionItem[]>;
  /** The generation of a job whose results count; 1 where none was ever swapped in. */
  readonly liveGeneration: (job: string) => Promise<number>;
  readonly windows: (range: WindowRange) => Promise<WindowItem[]>;
}

export function resultsTable(client: DynamoDBClient, tableName: string): ResultsTable {
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

  return {
    async liveSections() {
      const items = await query(Number.POSITIVE_INFINITY, {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'LIVE' } },
      });
      return items.map((item) => sectionItem.parse(unmarshall(item)));
    },

    async liveGeneration(job) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { pk: { S: 'JOBS' }, sk: { S: job } } }),
      );
      return Item === undefined ? 1 : jobItem.parse(unmarshall(Item)).generation;
    },

    async windows({ job, generation, fromMs, toMs, order, limit }) {
      if (toMs <= fromMs) return [];
      const items = await query(limit, {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': { S: `${job}#${generation}` },
          ':first': { S: windowKey(fromMs) },
          ':last': { S: windowKey(toMs - 1) },
        },
        ScanIndexForward: order === 'asc',
        Limit: limit,
      });
      return items.map((item) => windowItem.parse(unmarshall(item)));
    },
  };
}

function windowKey(startMs: number): string {
  return String(startMs).padStart(15, '0');
}
