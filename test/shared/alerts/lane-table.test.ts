import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snoozeKind } from '../../../shared/alerts/lane.ts';
import { LaneTable } from '../../../shared/alerts/lane-table.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

let cloud: PlayedCloud;
beforeAll(async () => {
  cloud = await playCloud();
});
afterAll(() => cloud.close());

test('a lane is kept for as long as something in it is snoozed', async () => {
  const nowMs = Date.now();
  const untilMs = nowMs + 30 * 24 * 3_600_000;
  const key = { target: 'team', entity: 'customer|7' };
  const lanes = new LaneTable(cloud.dynamo, 'dev-alerts');
  await lanes.change(key, (lane) => snoozeKind(lane, 'burst', untilMs, nowMs), nowMs);
  const { Item = {} } = await cloud.dynamo.send(
    new GetItemCommand({
      TableName: 'dev-alerts',
      Key: marshall({ pk: 'LANE#team#customer|7', sk: 'LANE' }),
    }),
  );
  expect(unmarshall(Item)['expiresAt']).toBeGreaterThan(untilMs / 1_000);
});
