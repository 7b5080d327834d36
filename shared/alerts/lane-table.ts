import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { emptyLane, type Lane, laneDueMs, tidyLane } from './lane.ts';

/** Whose alerts go where: the entity as `kind|id`, or the route of a digest. */
export interface LaneKey {
  readonly target: string;
  readonly entity: string;
}

/** A lane as it was read or written, and under which version. */
export interface StandingLane {
  readonly lane: Lane;
  readonly version: number;
}

/** Where a page of due lanes ended. */
export type LaneCursor = NonNullable<QueryCommandOutput['LastEvaluatedKey']>;

/** Lanes looked at for one page of those that are due. */
const dueMax = 100;
const triesMax = 20;
/** Longer than a stream keeps a batch that may come again. */
const retentionSeconds = 8 * 24 * 3600;

/** Fields of the alerts that one message tells of, as they are stored. */
export const groupFields = {
  id: z.string(),
  kind: z.string(),
  lead: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  count: z.int(),
  others: z.array(z.string()),
  sinceMs: z.number(),
};
const lane: z.ZodType<Lane> = z.object({
  cooldowns: z.record(
    z.string(),
    z.object({
      step: z.int(),
      untilMs: z.number(),
      lastMs: z.number(),
      snoozedUntilMs: z.number().optional(),
      acknowledgedMs: z.number().optional(),
    }),
  ),
  held: z.record(z.string(), z.object({ ...groupFields, untilMs: z.number() })),
  outgoing: z.array(
    z.object({
      ...groupFields,
      sealedMs: z.number(),
      attempts: z.int(),
      nextAttemptMs: z.number(),
    }),
  ),
  recent: z.array(z.object({ id: z.string(), members: z.array(z.string()) })),
  leaseUntilMs: z.number(),
});
const laneItem = z.object({
  version: z.int(),
  lane: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(lane),
});
const dueItem = z.object({ target: z.string(), entity: z.string() });

/**
 * The lanes in the table of alerts: one item each, changed under its version, so that what two
 * instances do at the same time happens one after the other.
 */
export class LaneTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Changes a lane; `change` is asked again where another was faster. It is not written where it
   * gives the lane back as it was.
   *
   * @param known how it stood a moment ago: saves reading it, where that is still so.
   * @returns what stands there now.
   */
  async change(
    key: LaneKey,
    change: (lane: Lane) => Lane,
    nowMs: number,
    known?: StandingLane,
  ): Promise<StandingLane> {
    for (let attempt = 1; attempt <= triesMax; attempt += 1) {
      const before = (attempt === 1 && known) || (await this.read(key));
      const changed = change(before.lane);
      if (changed === before.lane) return before;
      const lane = tidyLane(changed, nowMs);
      if (await this.#write(key, lane, before.version, nowMs)) {
        return { lane, version: before.version + 1 };
      }
    }
    throw new Error(
      `Cannot change a lane of alerts: others were faster ${triesMax} times: received ${key.target}, ${key.entity}`,
    );
  }

  /**
   * A page of the lanes in which something is to be done, the longest due first.
   *
   * @param without targets whose lanes are left out.
   * @param from where the page before ended.
   */
  async due(
    nowMs: number,
    without: readonly string[] = [],
    from?: LaneCursor,
  ): Promise<{ readonly lanes: readonly LaneKey[]; readonly next: LaneCursor | undefined }> {
    const left = Object.fromEntries(without.map((target, index) => [`:left${index}`, target]));
    const { Items = [], LastEvaluatedKey: next } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'byStatus',
        KeyConditionExpression: '#status = :due AND nextAttemptAt <= :now',
        ...(without.length > 0 && {
          FilterExpression: `NOT #target IN (${Object.keys(left).join(', ')})`,
        }),
        ProjectionExpression: '#target, entity',
        ExpressionAttributeNames: { '#status': 'status', '#target': 'target' },
        ExpressionAttributeValues: marshall({ ':due': 'due', ':now': nowMs, ...left }),
        Limit: dueMax,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    return { lanes: Items.map((item) => dueItem.parse(unmarshall(item))), next };
  }

  async read(key: LaneKey): Promise<StandingLane> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: marshall(keyOf(key)),
        ConsistentRead: true,
      }),
    );
    return Item ? laneItem.parse(unmarshall(Item)) : { lane: emptyLane, version: 0 };
  }

  async #write(key: LaneKey, after: Lane, version: number, nowMs: number): Promise<boolean> {
    const dueMs = laneDueMs(after);
    // What is snoozed stays so, also where nothing comes.
    const heldMs = Object.values(after.cooldowns).map(({ snoozedUntilMs = 0 }) => snoozedUntilMs);
    const item = {
      ...keyOf(key),
      ...key,
      version: version + 1,
      lane: JSON.stringify(after),
      expiresAt: Math.floor(Math.max(nowMs, dueMs ?? 0, ...heldMs) / 1000) + retentionSeconds,
      ...(dueMs !== undefined && { status: 'due', nextAttemptAt: dueMs }),
    };
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: marshall(item),
      ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : 'version = :seen',
      ...(version > 0 && { ExpressionAttributeValues: marshall({ ':seen': version }) }),
    });
    try {
      await this.#client.send(command);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function keyOf({ target, entity }: LaneKey) {
  return { pk: `LANE#${target}#${entity}`, sk: 'LANE' };
}
