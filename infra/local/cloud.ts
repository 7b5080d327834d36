import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { createAthena } from './athena/athena.ts';
import { type CapturePlayer, createCapturePlayer } from './capture/player.ts';
import { createControl } from './control.ts';
import {
  databasePasswords,
  tellDatabaseAddress,
  tellWebhook,
  tokenPublicKey,
} from './credentials.ts';
import { startCron } from './database/cron.ts';
import { type Database, startDatabase } from './database/database.ts';
import { createDynamo } from './dynamodb/dynamodb.ts';
import { eventSourceMapping } from './event-source/event-source-mapping.ts';
import { failureReports } from './event-source/failure-reports.ts';
import { checkMappingGrants } from './event-source/mapping-grants.ts';
import {
  type RunningEventSourceMapping,
  startEventSourceMapping,
} from './event-source/start-event-source-mapping.ts';
import { createFirehose, type Firehose } from './firehose/firehose.ts';
import { startGateway } from './gateway.ts';
import { startHttpApi } from './http-api/start-http-api.ts';
import { openWebhookReceiver } from './http-api/webhook-receiver.ts';
import { createRoles } from './iam.ts';
import { createKinesis, type KinesisService } from './kinesis/kinesis.ts';
import { createFunctionHost, type FunctionHost } from './lambda/function-host.ts';
import { createMappingList } from './lambda/mapping-list.ts';
import { MetricsTally } from './metrics-tally.ts';
import { checkFree, type Ports } from './ports.ts';
import { ResourceList } from './resource-list.ts';
import { startSchedules } from './schedules.ts';
import { createSecrets } from './secrets.ts';
import { createStorage } from './storage.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';
import { functionSpecs } from './template/function-specs.ts';
import { resolveAssembly } from './template/resolve.ts';

export interface LocalCloudOptions {
  /** Folder of the synthesised assembly. */
  readonly assembly: string;
  /** Where all data lies. One local cloud at a time. */
  readonly directory: string;
  readonly ports: Ports;
  readonly stage: string;
  /** Makes the database ready, once it runs and before anything reads it. */
  prepareDatabase(database: Database['connection'], pseudonymKey: string): Promise<void>;
  /** Takes one line per thing worth keeping, from parts and functions. */
  log(source: string, line: string): void;
  /** Takes a few words about what is being done, for a person who waits. */
  progress(words: string): void;
}

/** The whole system of the template, running on this machine. */
export interface LocalCloud {
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly database: Database['connection'];
  readonly resources: ResourceList;
  readonly functions: FunctionHost;
  readonly mappings: readonly RunningEventSourceMapping[];
  readonly capture: CapturePlayer;
  readonly kinesis: KinesisService;
  readonly firehose: Firehose;
  readonly metrics: MetricsTally;
  /** Stops everything, in an order in which nothing is lost and the least comes twice. */
  close(): Promise<void>;
}

/** On Aurora the template's pg_cron runs it every five seconds. */
const tick = { statement: 'select tick_clock()', everyMs: 1_000 };

/**
 * Plays a synthesised template: a real part per resource, every call between them over HTTP with
 * the caller's own credentials, all on 127.0.0.1.
 *
 * @throws Error that says what is wrong and what to do; what had been started is stopped.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { directory, ports, stage, progress } = options;
  const closers: (() => Promise<unknown>)[] = [];
  /** A part that fails to stop keeps none of the others running. */
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let closer = closers.pop(); closer; closer = closers.pop()) {
      await closer().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, `Cannot stop: ${failures[0]}`);
  };
  try {
    return await start();
  } catch (error) {
    // What kept it from starting is what a person needs to know.
    await close().catch((failure: unknown) => options.log('stop', String(failure)));
    throw error;
  }

  async function start(): Promise<LocalCloud> {
    await mkdir(directory, { recursive: true });
    const apiUrl = `http://127.0.0.1:${ports.api}`;
    const awsUrl = `http://127.0.0.1:${ports.aws}`;
    const place = (name: string): string => path.join(directory, name);
    const logOf = (source: string) => (line: string) => options.log(source, line);
    const now = (): number => Date.now();

    await checkFree(ports);
    progress('reading the template');
    const assembly: Assembly = readAssembly(options.assembly);
    const addresses = { awsUrl, apiUrl, database: { host: '127.0.0.1', port: ports.database } };
    const resolved = (parameters: Readonly<Record<string, string>>): ResourceList =>
      new ResourceList(resolveAssembly(assembly, addresses, parameters));
    const secrets = await createSecrets({
      file: place('secrets.json'),
      secrets: resolved({}).ofType('AWS::SecretsManager::Secret'),
      initial: {},
    });
    const resources = resolved({ TokenPublicKey: await tokenPublicKey(secrets, stage) });
    const { unknown } = resources.summary();
    for (const type of unknown) options.log('template', `${type} is not played here`);

    progress('starting PostgreSQL and the AWS services');
    const passwords = databasePasswords(secrets, stage);
    const startingDatabase = startDatabase({
      directory: place('postgres'),
      port: ports.database,
      passwords,
      engineVersion: engineVersionOf(resources),
      log: logOf('postgres'),
    }).then((database) => {
      closers.push(() => database.stop());
      return database;
    });
    const [database, kinesis, dynamo, storage] = await settleAll([
      startingDatabase,
      createKinesis({
        directory: place('kinesis'),
        streams: resources.ofType('AWS::Kinesis::Stream'),
        consumers: resources.ofType('AWS::Kinesis::StreamConsumer'),
        now,
        warn: logOf('kinesis'),
      }),
      createDynamo({
        directory: place('dynamodb'),
        tables: resources.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'),
        now,
      }),
      createStorage({
        directory: place('storage'),
        buckets: resources.ofType('AWS::S3::Bucket'),
        queues: resources.ofType('AWS::SQS::Queue'),
        publicUrl: awsUrl,
      }),
    ]);
    await tellDatabaseAddress(secrets, stage, database.connection);
    await tellWebhook(secrets, stage, apiUrl);
    const tables = resources.ofType('AWS::Glue::Table');
    const firehose = await createFirehose({
      directory: place('firehose'),
      deliveryStreams: resources.ofType('AWS::KinesisFirehose::DeliveryStream'),
      tables,
      putObject: storage.putObject,
      report: logOf('firehose'),
    });
    const athena = await createAthena({
      directory: place('athena'),
      workgroups: resources.ofType('AWS::Athena::WorkGroup'),
      namedQueries: resources.ofType('AWS::Athena::NamedQuery'),
      databases: resources.ofType('AWS::Glue::Database'),
      tables,
      bucketFolder: storage.bucketFolder,
      putObject: storage.putObject,
    });
    const roles = createRoles(resources.all);
    const eventSources = resources
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(eventSourceMapping);
    const services = [
      ...[kinesis, dynamo, storage.s3, storage.sqs, secrets, firehose, ...athena],
      createMappingList(eventSources),
    ];
    for (const service of services) closers.push(() => service.close());
    const gateway = await startGateway({
      port: ports.aws,
      host: '127.0.0.1',
      services,
      roles,
      log: logOf('aws'),
    });
    closers.push(() => gateway.close());

    progress('preparing the shop’s database');
    const pseudonymKey = secrets.value(`${stage}/pseudonym-key`);
    await options.prepareDatabase(database.connection, pseudonymKey);

    progress('starting the functions');
    const metrics = new MetricsTally();
    const functions = createFunctionHost({
      functions: functionSpecs(assembly, resources, roles, awsUrl),
      log: (name, line) => options.log(name, line),
      onMetrics: (line) => metrics.add(line),
    });
    closers.push(() => functions.close());

    const mappings = await startMappings();
    closers.push(() => Promise.all(mappings.map((mapping) => mapping.stop())));
    const capture = await createCapturePlayer({
      resources,
      database: database.connection,
      password: passwords.capture,
      kinesis,
      roles,
      awsUrl,
      stateFile: place('capture.json'),
      log: logOf('capture'),
    });
    closers.push(() => capture.stop());
    const cron = startCron({ connection: database.connection, ...tick, log: logOf('cron') });
    const schedules = startSchedules({
      schedules: resources.ofType('AWS::Scheduler::Schedule'),
      invoke: functions.invoke,
      log: logOf('schedules'),
      now,
    });
    closers.push(() => Promise.all([schedules.stop(0), cron.stop()]));
    const webhook = await openWebhookReceiver({ file: place('webhook.jsonl'), now });
    const api = await startHttpApi({
      port: ports.api,
      api: resources.only(['AWS::ApiGatewayV2::Api']),
      routes: resources.ofType('AWS::ApiGatewayV2::Route'),
      integrations: resources.ofType('AWS::ApiGatewayV2::Integration'),
      stages: resources.ofType('AWS::ApiGatewayV2::Stage'),
      invoke: functions.invoke,
      local: new Map([
        ['/local/webhook', (request) => webhook.handle(request)],
        ...createControl(apiUrl, capture),
      ]),
      log: logOf('api'),
    });
    closers.push(() => api.close());
    return {
      apiUrl,
      awsUrl,
      database: database.connection,
      resources,
      functions,
      mappings,
      capture,
      kinesis,
      firehose,
      metrics,
      close,
    };

    function startMappings(): Promise<RunningEventSourceMapping[]> {
      const sendReport = failureReports(awsUrl);
      for (const mapping of eventSources) checkMappingGrants(mapping, resources, roles);
      return Promise.all(
        eventSources.map((mapping) =>
          startEventSourceMapping({
            mapping,
            kinesis,
            invoke: functions.invoke,
            onFailure: (record) => sendReport(mapping.onFailureArn, record),
            checkpointFile: path.join(directory, 'checkpoints', `${mapping.name}.json`),
            log: logOf(mapping.functionName),
            now,
          }),
        ),
      );
    }
  }
}

const cluster = z.object({ EngineVersion: z.string() });

/** The version that Aurora runs: nothing may use what a newer PostgreSQL offers here. */
function engineVersionOf(resources: ResourceList): string {
  return cluster.parse(resources.only(['AWS::RDS::DBCluster']).properties).EngineVersion;
}

/** Like Promise.all, but waits for all, so that what was started can be stopped. */
async function settleAll<T extends readonly unknown[]>(
  promises: {
    [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  const outcomes = await Promise.allSettled(promises);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return (await Promise.all(promises)) as unknown as T;
}
