import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { caseKey, queueOf, readStoredCase } from '../../shared/fraud/stored-case.ts';
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
 * Stores the cases of a batch: of each order what is newer than what is there. Within a generation of
 * the job that is the higher revision. Each generation counts revisions of its own and any can be made
 * the live one, so of two generations the one that knows of the later event is newer.
 *
 * @returns those that are now what the table holds.
 */
export async function storeCases(
  table: CaseTable,
  told: readonly ToldCase[],
  now: () => number,
): Promise<readonly ToldCase[]> {
  const bySource = Map.groupBy(told, ({ generation, data }) => `${generation}|${data.orderId}`);
  const latest = [...bySource.values()].map((ofOrder) => {
    const inOrder = ofOrder.toSorted((one, other) => one.revision - other.revision);
    // What a verdict leaves unsaid, the revision before it has told.
    const features = inOrder.findLast(({ data }) => data.features !== null)?.data.features ?? null;
    return { last: inOrder.at(-1), features };
  });
  const stored: ToldCase[] = [];
  const storeRest = async (): Promise<void> => {
    for (let one = latest.shift(); one; one = latest.shift()) {
      const { features } = one;
      const last = one.last && (await withJudgement(table, one.last));
      if (last && (await store(table, last, features, now()))) stored.push(last);
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, storeRest));
  return stored;
}

/** A verdict about an order that the job has forgotten says nothing of what it was judged by. */
async function withJudgement({ client, tableName }: CaseTable, told: ToldCase): Promise<ToldCase> {
  const { data } = told;
  if (data.decidedBy !== 'default') return told;
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: tableName,
      Key: marshall(caseKey(data.orderId)),
      ConsistentRead: true,
    }),
  );
  if (!Item) return told;
  const { revision: _, generation: __, ...known } = readStoredCase(unmarshall(Item));
  const { at, atMs, review, features, committedAtMs } = data;
  return { ...told, data: { ...known, at, atMs, review, features, committedAtMs } };
}

/** ```
 * absent, or an earlier revision of this generation,
 * or another generation's of an earlier event (of the same: an earlier generation's) ─▶ this one
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
    ConditionExpression: `attribute_not_exists(revision)
      OR (generation = :generation AND revision < :revision)
      OR (generation <> :generation
        AND (atMs < :atMs OR (atMs = :atMs AND generation < :generation)))`,
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
