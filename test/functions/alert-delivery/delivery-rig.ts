import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { AlertLog } from '../../../functions/alert-delivery/alert-log.ts';
import type { DeliveryParts } from '../../../functions/alert-delivery/deliver.ts';
import { postWebhook } from '../../../shared/alerts/post-webhook.ts';
import type { AlertData } from '../../../shared/events/alert.ts';
import type { PlayedCloud } from '../../fixtures/played-cloud.ts';
import type { Receiver } from '../../fixtures/webhook-receiver.ts';

export const startMs = Date.UTC(2026, 2, 1, 12);

export function alertData(customerId = 'c1', atMs = startMs): AlertData {
  return {
    rule: 'high-value-order',
    ruleVersion: 1,
    severity: 'warning',
    title: 'Order of unusually high value',
    reason: 'it is',
    orderId: 'o',
    customerId,
    totalCents: 100_000,
    atMs,
    committedAtMs: atMs,
  };
}

export const clock = { nowMs: startMs };

/** An instance of alert delivery whose time moves only by its pauses. */
export function instance(cloud: PlayedCloud, receiver: Receiver, answerWithinMs = 5_000) {
  const log = new AlertLog(cloud.dynamo, 'dev-alerts');
  const pauses: number[] = [];
  const givenUp: [string, string][] = [];
  const parts: DeliveryParts = {
    log,
    now: () => clock.nowMs,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      clock.nowMs += milliseconds;
    },
    post: (message) => postWebhook(receiver.url, message, answerWithinMs),
    giveUp: async (id, _data, reason) => {
      givenUp.push([id, reason]);
    },
  };
  return { parts, log, pauses, givenUp };
}

/** What the log says of an alert. */
export async function logged(cloud: PlayedCloud, id: string) {
  const { Item } = await cloud.dynamo.send(
    new GetItemCommand({
      TableName: 'dev-alerts',
      Key: marshall({ pk: id, sk: 'ALERT' }),
      ConsistentRead: true,
    }),
  );
  return Item && unmarshall(Item);
}
