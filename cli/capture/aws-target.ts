import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DatabaseMigrationServiceClient } from '@aws-sdk/client-database-migration-service';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { dataApiConnection } from './data-api-connection.ts';
import { type Replication, serverlessReplication, taskReplication } from './replication.ts';
import type { CaptureReport, CaptureTarget } from './target.ts';

const POLL_MS = 10_000;
const TRANSITION_MS_MAX = 45 * 60_000; // DMS Serverless first provisions its capacity
const running = ['running', 'replicating'];
const stopped = ['stopped', 'created', 'ready', 'failed'];

/** The capture of a stage in the account of the environment's credentials: DMS. */
export async function awsTarget(
  stage: string,
  progress: (line: string) => void,
): Promise<CaptureTarget> {
  const cloudFormation = new CloudFormationClient();
  const capture = await stackOutputs(cloudFormation, `Shop-${stage}-Capture`);
  const data = await stackOutputs(cloudFormation, `Shop-${stage}-Data`);
  const replication = replicationOf(new DatabaseMigrationServiceClient(), capture);
  const sql = dataApiConnection({
    client: new RDSDataClient(),
    clusterArn: output(data, 'ClusterArn', stage),
    secretArn: output(data, 'AdminSecretArn', stage),
    database: 'shop',
  });

  async function become(states: readonly string[], what: string): Promise<void> {
    let last = '';
    for (let waitedMs = 0; waitedMs < TRANSITION_MS_MAX; waitedMs += POLL_MS) {
      const { state, lastError } = await report();
      if (states.includes(state)) return;
      if (stopped.includes(state) && last !== '' && last !== state) {
        throw new Error(`Cannot ${what} capture: DMS says ${lastError}: received state "${state}"`);
      }
      if (state !== last) progress(`DMS: ${state}`);
      last = state;
      await sleep(POLL_MS);
    }
    throw new Error(
      `Cannot ${what} capture: DMS did not get there in ${TRANSITION_MS_MAX / 60_000} minutes; look at the task in its console: received state "${last}"`,
    );
  }

  async function report(): Promise<CaptureReport> {
    const { state, ...rest } = await replication.describe();
    return { ...rest, state, running: running.includes(state), lastTickMs: undefined };
  }

  return {
    name: `stage ${stage} on AWS`,
    stage,
    kinesis: new KinesisClient({ requestHandler: new NodeHttpHandler() }),
    secrets: new SecretsManagerClient(),
    sql,
    patienceMs: 120_000,
    readEveryMs: 1_000,
    pollEveryMs: POLL_MS,
    report,
    async start() {
      if ((await report()).running) return;
      await replication.start();
      await become(running, 'start');
    },
    async stop() {
      if (stopped.includes((await report()).state)) return;
      await replication.stop();
      await become(stopped, 'stop');
    },
    close: async () => {},
  };
}

function replicationOf(
  client: DatabaseMigrationServiceClient,
  outputs: ReadonlyMap<string, string>,
): Replication {
  const config = outputs.get('ReplicationConfigArn');
  if (config !== undefined) return serverlessReplication(client, config);
  const task = outputs.get('ReplicationTaskArn');
  if (task !== undefined) return taskReplication(client, task);
  throw new Error(
    'Cannot find the capture: its stack names no replication; deploy it again: received no output ReplicationConfigArn or ReplicationTaskArn',
  );
}

async function stackOutputs(
  client: CloudFormationClient,
  stackName: string,
): Promise<ReadonlyMap<string, string>> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (cause) {
    throw new Error(
      `Cannot find stack: deploy it first, and look at account, region and --stage: received "${stackName}": ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

function output(outputs: ReadonlyMap<string, string>, name: string, stage: string): string {
  const value = outputs.get(name);
  if (value !== undefined) return value;
  throw new Error(
    `Cannot read stack Shop-${stage}-Data: it has no output ${name}; deploy it again: received ${[...outputs.keys()].join(', ')}`,
  );
}
