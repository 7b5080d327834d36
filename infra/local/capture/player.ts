import { z } from 'zod';
import type { DatabaseConnection } from '../database/connection.ts';
import type { Roles } from '../iam.ts';
import type { KinesisService } from '../kinesis/kinesis.ts';
import type { ResourceList } from '../resource-list.ts';
import { localRegion, type Resource } from '../service.ts';
import type { CaptureStatus } from './status.ts';
import { type CaptureThread, startCaptureThread } from './thread.ts';

export interface CapturePlayerOptions {
  readonly resources: ResourceList;
  /** As the owner of the tables. */
  readonly database: DatabaseConnection;
  /** Of the user shop_capture. */
  readonly password: string;
  readonly kinesis: KinesisService;
  readonly roles: Roles;
  readonly awsUrl: string;
  readonly stateFile: string;
  readonly log: (line: string) => void;
}

/** The template's capture, which can be stopped and started like a replication of DMS. */
export interface CapturePlayer {
  status(): Promise<CaptureStatus>;
  start(): Promise<void>;
  /** Resolves when everything committed before the call is durable in the stream. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const endpoint = z.looseObject({ EndpointType: z.enum(['source', 'target']) });
const target = z.object({
  KinesisSettings: z.looseObject({ StreamArn: z.string(), ServiceAccessRoleArn: z.string() }),
});

/** Finds the capture in the template and starts it. */
export async function createCapturePlayer(options: CapturePlayerOptions): Promise<CapturePlayer> {
  const { resources, kinesis, roles, awsUrl, stateFile, log } = options;
  const replication = resources.only([
    'AWS::DMS::ReplicationConfig',
    'AWS::DMS::ReplicationTask',
  ]).properties;
  const endpointOf = (type: 'source' | 'target'): Resource =>
    resources.only(
      ['AWS::DMS::Endpoint'],
      ({ properties }) => endpoint.parse(properties).EndpointType === type,
    );
  const to = endpointOf('target').properties;
  const { StreamArn, ServiceAccessRoleArn } = target.parse(to).KinesisSettings;
  const credentials = roles.credentialsFor(ServiceAccessRoleArn.split(':role/')[1] ?? '', 'dms');

  const launch = (): Promise<CaptureThread> =>
    startCaptureThread({
      replication,
      source: endpointOf('source').properties,
      target: to,
      connection: { ...options.database, user: 'shop_capture', password: options.password },
      owner: options.database,
      kinesis: { endpoint: awsUrl, region: localRegion, ...credentials },
      streamName: kinesis.streamByArn(StreamArn),
      stateFile,
      flushed: () => kinesis.flushed(),
      log,
    });

  let thread: CaptureThread | undefined = await launch();
  let lastStatus = await thread.status();
  return {
    async status() {
      if (thread) lastStatus = await thread.status();
      return lastStatus;
    },
    async start() {
      thread ??= await launch();
    },
    async drain() {
      await thread?.drain();
    },
    async stop() {
      const running = thread;
      thread = undefined;
      if (!running) return;
      lastStatus = { ...(await running.status()), state: 'stopped' };
      await running.stop();
    },
  };
}
