import {
  type DatabaseMigrationServiceClient,
  DescribeReplicationsCommand,
  DescribeReplicationTableStatisticsCommand,
  DescribeReplicationTasksCommand,
  DescribeTableStatisticsCommand,
  StartReplicationCommand,
  StartReplicationTaskCommand,
  StopReplicationCommand,
  StopReplicationTaskCommand,
  type TableStatistics,
} from '@aws-sdk/client-database-migration-service';
import type { CaptureReport } from './target.ts';

/** A replication of DMS: Serverless, or a task on an instance. */
export interface Replication {
  describe(): Promise<Omit<CaptureReport, 'running' | 'lastTickMs'>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The first start loads; every later one goes on where the last one stopped. */
const firstStart = 'start-replication';
const laterStart = 'resume-processing';

export function serverlessReplication(
  client: DatabaseMigrationServiceClient,
  arn: string,
): Replication {
  const filter = { Filters: [{ Name: 'replication-config-arn', Values: [arn] }] };
  const find = async () =>
    (await client.send(new DescribeReplicationsCommand(filter))).Replications?.[0];
  return {
    async describe() {
      const found = await find();
      const { ReplicationTableStatistics } = await client.send(
        new DescribeReplicationTableStatisticsCommand({ ReplicationConfigArn: arn }),
      );
      const failures = found?.FailureMessages?.join('; ');
      return {
        ...counts(ReplicationTableStatistics),
        state: found?.Status ?? 'created',
        lastError: failures || undefined,
      };
    },
    async start() {
      const status = (await find())?.Status ?? 'created';
      const StartReplicationType = status === 'created' ? firstStart : laterStart;
      await client.send(
        new StartReplicationCommand({ ReplicationConfigArn: arn, StartReplicationType }),
      );
    },
    async stop() {
      await client.send(new StopReplicationCommand({ ReplicationConfigArn: arn }));
    },
  };
}

export function taskReplication(client: DatabaseMigrationServiceClient, arn: string): Replication {
  const filter = { Filters: [{ Name: 'replication-task-arn', Values: [arn] }] };
  const find = async () =>
    (await client.send(new DescribeReplicationTasksCommand(filter))).ReplicationTasks?.[0];
  return {
    async describe() {
      const found = await find();
      const { TableStatistics } = await client.send(
        new DescribeTableStatisticsCommand({ ReplicationTaskArn: arn }),
      );
      const failure = found?.LastFailureMessage;
      return {
        ...counts(TableStatistics),
        state: found?.Status ?? 'unknown',
        lastError: failure || undefined,
      };
    },
    async start() {
      const status = (await find())?.Status;
      const StartReplicationTaskType = status === 'ready' ? firstStart : laterStart;
      await client.send(
        new StartReplicationTaskCommand({ ReplicationTaskArn: arn, StartReplicationTaskType }),
      );
    },
    async stop() {
      await client.send(new StopReplicationTaskCommand({ ReplicationTaskArn: arn }));
    },
  };
}

function counts(tables: readonly TableStatistics[] = []) {
  const sum = (pick: (table: TableStatistics) => number | undefined) =>
    tables.reduce((total, table) => total + (pick(table) ?? 0), 0);
  return {
    rowsLoaded: sum(({ FullLoadRows }) => FullLoadRows),
    changes: sum(({ Inserts = 0, Updates = 0, Deletes = 0 }) => Inserts + Updates + Deletes),
  };
}
