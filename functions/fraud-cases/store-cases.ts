import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { caseKey, queueOf } from '../../shared/fraud/stored-case.ts';
import type { ToldCase } from './read-case.ts';

/** Where cases are kept. */
export interface CaseTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** Rows written at the same time. */
const atOnceMax = 16;
const retentionMs = 400 * 24 * 3_600_000;

/**
 * Stores the cases of a batch: of each order the highest revision, and only where none as high is
 * there. A generation that was swapped in begins its revisions anew, so its number goes first.
 *
 * @returns those that are now what the table holds.
 */
export async function storeCases(
  table: CaseTable,
  told: readonly ToldCase[],
  now: () => number,
): Promise<readonly ToldCase[]> {
  const latest = [...Map.groupBy(told, ({ data }) => data.orderId).values()].map((ofOrder) => {
    const [first, ...rest] = ofOrder.toSorted(byRevision);
    // What a verdict leaves unsaid, the revision before it has told.
    const features = ofOrder.findLast(({ data }) => data.features !== null)?.data.features ?? null;
    return { last: rest.at(-1) ?? first, features };
  });
  const stored: ToldCase[] = [];
  const storeRest = async (): Promise<void> => {
    for (let one = latest.shift(); one; one = latest.shift()) {
      const { last, features } = one;
      if (last && (await store(table, last, features, now()))) stored.push(last);
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, storeRest));
  return stored;
}

function byRevision(one: ToldCase, other: ToldCase): number {
  return one.generation - other.generation || one.revision - other.revision;
}

/** ```
 * absent, or told by an earlier generation, or in an earlier revision ─▶ this one
 * ``` */
async function store(
  { client, tableName }: CaseTable,
  { generation, revision, data }: ToldCase,
  features: ToldCase['data']['features'],
  nowMs: number,
): Promise<boolean> {
  const { features: _, ...known } = data;
  const queue = queueOf(data);
  const sets = [
    '#case = :case, revision = :revision, generation = :generation',
    'atMs = :atMs, expiresAt = :expiresAt',
    ...(features ? ['features = :features'] : []),
    ...(queue ? ['#queue = :queue'] : []),
  ];
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: marshall(caseKey(data.orderId)),
    UpdateExpression: `SET ${sets.join(', ')}${queue ? '' : ' REMOVE #queue'}`,
    ConditionExpression:
      'attribute_not_exists(revision) OR generation < :generation OR (generation = :generation AND revision < :revision)',
    ExpressionAttributeNames: { '#case': 'case', '#queue': 'queue' },
    ExpressionAttributeValues: marshall({
      ':case': JSON.stringify(known),
      ':revision': revision,
      ':generation': generation,
      ':atMs': data.atMs,
      ':expiresAt': Math.floor((nowMs + retentionMs) / 1000),
      ...(features && { ':features': JSON.stringify(features) }),
      ...(queue && { ':queue': queue }),
    }),
  });
  try {
    await client.send(command);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
