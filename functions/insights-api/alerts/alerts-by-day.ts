import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { type LoggedAlert, readLogged } from '../../../shared/alerts/alert-log.ts';
import { Refusal } from '../../../shared/http/refusal.ts';

/** Which alerts a person asks for; all that is given has to fit. */
export interface AlertsOfDay {
  /** UTC, as `2026-03-01`. */
  readonly day: string;
  readonly kind?: string | undefined;
  readonly severity?: string | undefined;
  readonly entity?: string | undefined;
  readonly cursor?: string | undefined;
}

/** Where a page ended: the key of its last item, in the index by day. */
const lastKey = z.strictObject({
  pk: z.string(),
  sk: z.literal('ALERT'),
  day: z.string(),
  alertedAt: z.number(),
});
/** Items that are looked at for one page: with a filter that fits few of them a page may be short. */
const lookedAtMax = 2_000;
const readAtOnce = 200;

/**
 * Alerts of a day, the newest first.
 *
 * @param fits looks at what the index cannot tell.
 * @throws Refusal 400 for a cursor of another day.
 */
export async function alertsOfDay<Item>(
  client: DynamoDBClient,
  table: string,
  { day, kind, severity, entity, cursor }: AlertsOfDay,
  limit: number,
  fits: (alert: LoggedAlert) => Promise<Item | undefined>,
): Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }> {
  const filters = Object.entries({ kind, severity, entity }).filter(([, value]) => value);
  const items: Item[] = [];
  let start = cursor === undefined ? undefined : decodeCursor(cursor, day);
  for (let lookedAt = 0; lookedAt < lookedAtMax; lookedAt += readAtOnce) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'byDay',
        KeyConditionExpression: '#day = :day',
        ...(filters.length > 0 && {
          FilterExpression: filters.map(([name]) => `#${name} = :${name}`).join(' AND '),
        }),
        ExpressionAttributeNames: {
          '#day': 'day',
          ...Object.fromEntries(filters.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: marshall({
          ':day': day,
          ...Object.fromEntries(filters.map(([name, value]) => [`:${name}`, value])),
        }),
        ScanIndexForward: false,
        Limit: readAtOnce,
        ...(start && { ExclusiveStartKey: marshall(start) }),
      }),
    );
    for (const found of Items) {
      const alert = readLogged(found);
      const item = await fits(alert);
      if (item === undefined) continue;
      items.push(item);
      if (items.length === limit) {
        const { id: pk, data } = alert;
        return { items, nextCursor: encodeCursor({ pk, sk: 'ALERT', day, alertedAt: data.atMs }) };
      }
    }
    if (!LastEvaluatedKey) return { items, nextCursor: null };
    start = lastKey.parse(unmarshall(LastEvaluatedKey));
  }
  return { items, nextCursor: start ? encodeCursor(start) : null };
}

function encodeCursor(key: z.output<typeof lastKey>): string {
  return Buffer.from(JSON.stringify(lastKey.parse(key))).toString('base64url');
}

function decodeCursor(cursor: string, day: string): z.output<typeof lastKey> {
  try {
    const key = lastKey.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (key.day === day && key.pk !== '') return key;
  } catch {
    // What it is instead does not matter.
  }
  throw new Refusal(400, 'The request has wrong parameters', {
    errors: [{ field: 'cursor', reason: 'Must be the nextCursor of a page of the same day' }],
  });
}
