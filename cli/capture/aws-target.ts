import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DatabaseMigrationServiceClient } from '@aws-sdk/client-database-migration-service';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { auroraDatabase } from '../shop-database.ts';
import { type StackOutputs, stackOutputs } from '../stack-outputs.ts';
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
  const replication = replicationOf(new DatabaseMigrationServiceClient(), capture);
  const sql = await auroraDatabase(cloudFormation, stage);

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

function replicationOf(client: DatabaseMigrationServiceClient, outputs: StackOutputs): Replication {
  const config = outputs.find('ReplicationConfigArn');
  if (config !== undefined) return serverlessReplication(client, config);
  const task = outputs.find('ReplicationTaskArn');
  if (task !== undefined) return taskReplication(client, task);
  throw new Error(
    'Cannot find the capture: its stack names no replication; deploy it again: received no output ReplicationConfigArn or ReplicationTaskArn',
  );
}
