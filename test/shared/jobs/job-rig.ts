import { randomUUID } from 'node:crypto';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { z } from 'zod';
import { AwsError, type PlayedService } from '../../../infra/local/service.ts';
import { JobRunner, type JobSurroundings } from '../../../shared/jobs/job-runner.ts';
import { Publisher } from '../../../shared/jobs/publisher.ts';
import { KinesisShardReader } from '../../../shared/kinesis/shard-reader.ts';
import { count, sum } from '../../../shared/stream/accumulator.ts';
import { type Job, ruleJob, sessionJob, windowedJob } from '../../../shared/stream/job.ts';
import type { StreamRecord } from '../../../shared/stream/record.ts';
import { type Decoded, oncePerBatch, type Source } from '../../../shared/stream/source.ts';
import { addCounts, unpackControl } from '../../../shared/stream/state/control.ts';
import { session, tumbling } from '../../../shared/stream/window.ts';
import { type Telemetry, telemetry } from '../../../shared/telemetry/telemetry.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

const saleSchema = z.object({ id: z.string(), atMs: z.number(), cents: z.number() });
const tickSchema = z.object({ tick: z.number() });
export type Sale = z.infer<typeof saleSchema>;

const sales: Source<Sale> = {
  stream: 'sales',
  tickSettleMs: 0,
  decode: oncePerBatch(({ data }): Decoded<Sale> => {
    const json: unknown = JSON.parse(Buffer.from(data).toString());
    const tick = tickSchema.safeParse(json);
    if (tick.success) return { kind: 'tick', atMs: tick.data.tick };
    const sale = saleSchema.safeParse(json);
    if (!sale.success) return { kind: 'undecodable', reason: 'neither sale nor tick' };
    const { id, atMs } = sale.data;
    return { kind: 'event', event: sale.data, id, committedAtMs: atMs };
  }),
};

const common = {
  generation: 1,
  eventTimeMs: ({ atMs }: Sale) => atMs,
  watermarkDelayMs: 100,
  allowedLatenessMs: 2_000,
  maxFutureMs: 60_000,
};

/** Cents per second, of a name that no other test uses. */
export function centsPerSecond() {
  return windowedJob([sales], {
    ...common,
    name: `cents-${randomUUID()}`,
    window: tumbling(1_000),
    key: () => 'all',
    accumulators: { sales: count(), cents: sum(({ cents }: Sale) => cents) },
    preliminaryEveryMs: 100,
    type: 'cents',
    result: (totals) => totals.get('all'),
  });
}

/** The same, and an alarm for each second with sales when it has closed. */
export function goodSeconds() {
  return {
    ...centsPerSecond(),
    onClose: (data: unknown, { startMs }: { readonly startMs: number }) => [
      { id: `good|${startMs}`, type: 'alarm', entity: 'shop', data },
    ],
  };
}

/** Cents of sales less than a second apart. */
export function centsTogether() {
  return sessionJob([sales], {
    ...common,
    name: `together-${randomUUID()}`,
    window: session(1_000),
    key: () => 'all',
    accumulators: { cents: sum(({ cents }: Sale) => cents) },
    type: 'cents',
    result: (_session, { cents }) => ({ cents }),
  });
}

/** An alarm for every sale of a hundred and more. */
export function largeSale() {
  return ruleJob([sales], {
    ...common,
    name: `large-${randomUUID()}`,
    evaluate: ({ id, cents }) =>
      cents < 100 ? [] : [{ id, entity: 'shop', type: 'alarm', revision: 1, data: { cents } }],
  });
}

let sequence = 1_000;
function record(value: unknown): StreamRecord {
  sequence += 1;
  const data = Buffer.from(JSON.stringify(value));
  return { sequenceNumber: String(sequence), data, arrivalMs: 5_000 };
}
export const sale = (id: string, atMs: number, cents: number) => record({ id, atMs, cents });
export const tick = (atMs: number) => record({ tick: atMs });
export const poison = () => record({ poison: true });

/** Puts values into the stream of sales, as one batch that a mapping then brings. */
export async function put(
  { kinesis }: PlayedCloud,
  ...values: readonly object[]
): Promise<StreamRecord[]> {
  const texts = values.map((value) => JSON.stringify(value));
  const { Records = [] } = await kinesis.send(
    new PutRecordsCommand({
      StreamName: 'dev-shop-changes',
      Records: texts.map((text) => ({ PartitionKey: 'a', Data: Buffer.from(text) })),
    }),
  );
  return texts.map((text, index) => ({
    sequenceNumber: Records[index]?.SequenceNumber ?? '',
    data: Buffer.from(text),
    arrivalMs: clock.nowMs,
  }));
}

/** A cloud on a bad day: operations named here fail, before they happen or after. */
export class Faults {
  readonly before = new Set<string>();
  readonly after = new Set<string>();
  /** So many calls of an operation still succeed. */
  readonly left = new Map<string, number>();

  readonly disturb = (service: PlayedService): PlayedService => ({
    ...service,
    handle: async (call) => {
      const operation = call.operation ?? '';
      const left = this.left.get(operation);
      if (left !== undefined) this.left.set(operation, left - 1);
      if (this.before.has(operation) || (left !== undefined && left <= 0)) {
        throw new AwsError('AccessDeniedException', 'not today');
      }
      const reply = await service.handle(call);
      if (this.after.has(operation)) throw new AwsError('AccessDeniedException', 'not told');
      return reply;
    },
  });
}

export const clock = { nowMs: 10_000 };

/** What surrounds the jobs of one instance of a function; sleeping moves the clock on. */
export function surroundings(cloud: PlayedCloud) {
  const slept: number[] = [];
  const counted: Record<string, number> = {};
  const now = () => clock.nowMs;
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
    clock.nowMs += milliseconds;
  };
  const measured: Telemetry = {
    ...telemetry('test'),
    count: (name, value) => {
      counted[name] = (counted[name] ?? 0) + value;
    },
  };
  const { store, kinesis, sqs } = cloud;
  const wait = { sleep: async () => {}, random: () => 0 };
  const around: JobSurroundings = {
    store,
    now,
    sleep,
    backOff: async () => {},
    patience: { failures: 3, forMs: 1_000 },
    shards: new KinesisShardReader(kinesis, { sales: 'dev-shop-changes' }, now),
    publisher: new Publisher(kinesis, 'dev-insights', store, wait),
    telemetry: measured,
    deadLetters: { client: sqs, queueUrl: cloud.queueUrl('dev-dead-letters') },
  };
  return { around, slept, counted };
}

/** An instance of a function that runs the job, cold, on the stream `dev-shop-changes`. */
export function instanceOf<Event>(
  job: Job<Event>,
  cloud: PlayedCloud,
  onResults: () => Promise<void> = async () => {},
) {
  const { around, slept, counted } = surroundings(cloud);
  const runner = new JobRunner(job, around, { onResults });
  const takeFrom = (shard: string, ...records: readonly StreamRecord[]) =>
    runner.take({ stream: 'sales', shard }, records);
  return {
    slept,
    counted,
    takeFrom,
    take: takeFrom.bind(undefined, 'shardId-000000000000'),
    sweep: () => runner.sweep(),
  };
}

/** What a job has left in the world. */
export function traces(
  job: { readonly name: string; readonly generation?: number },
  cloud: PlayedCloud,
) {
  const everything = { from: ' ', to: '~' };
  const generation = job.generation ?? 1;
  const rows = (prefix: string) =>
    cloud.store.query({ table: 'state', pk: `${prefix}#${job.name}#${generation}` }, everything);
  return {
    outbox: () => rows('O'),
    quarantine: () => rows('Q'),
    async counts() {
      const items = await rows('J');
      const controls = items.filter(({ sk }) => sk.startsWith('C#')).map(unpackControl);
      return {
        ...addCounts(controls.map(({ counts }) => counts)),
        behind: controls.filter(({ behind }) => behind).length,
      };
    },
    async results() {
      const partition = { table: 'results', pk: `${job.name}#${generation}` } as const;
      const items = await cloud.store.query(partition, everything);
      return items.map(({ attributes: { startMs, revision, final, data } }) => ({
        startMs,
        revision,
        final,
        data: JSON.parse(String(data)),
      }));
    },
    published: () =>
      cloud
        .records('dev-insights')
        .map(({ body }) => body)
        .filter((body) => body.job === job.name),
    async health() {
      const key = { table: 'results', pk: 'LIVE', sk: `health#${job.name}` } as const;
      return JSON.parse(String((await cloud.store.get(key))?.attributes['data']));
    },
  };
}

/** Gives each test of a file a cloud of its own, quiet and undisturbed at first. */
export function playCloudForEach(faults: Faults, use: (cloud: PlayedCloud) => void): void {
  let cloud: PlayedCloud;
  beforeAll(() => {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.spyOn(console, 'info').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  beforeEach(async () => {
    clock.nowMs = 10_000;
    cloud = await playCloud(faults.disturb);
    use(cloud);
  });
  afterEach(async () => {
    faults.before.clear();
    await cloud.close();
  });
  afterAll(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
}
