import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AlertLog } from '../../../shared/alerts/alert-log.ts';
import { LaneTable } from '../../../shared/alerts/lane-table.ts';
import { MuteTable } from '../../../shared/alerts/mutes.ts';
import { UndeliveredTable } from '../../../shared/alerts/undelivered.ts';

/** What the API reads and writes of the table of alerts. */
export interface AlertsParts {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly log: AlertLog;
  readonly lanes: LaneTable;
  readonly mutes: MuteTable;
  readonly undelivered: UndeliveredTable;
}

export function alertsParts(client: DynamoDBClient, table: string): AlertsParts {
  return {
    client,
    table,
    log: new AlertLog(client, table),
    lanes: new LaneTable(client, table),
    mutes: new MuteTable(client, table),
    undelivered: new UndeliveredTable(client, table),
  };
}
