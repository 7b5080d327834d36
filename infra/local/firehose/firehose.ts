import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PutObject } from '../put-object.ts';
import {
  type AwsCall,
  AwsError,
  type AwsReply,
  type PlayedService,
  type Resource,
} from '../service.ts';
import { createDeliveries } from './deliveries.ts';
import { type DeliveryStream, readDeliveryStream } from './delivery-stream.ts';
import { openSegmentLog, type SegmentLog } from './segments.ts';

export interface FirehoseOptions {
  /** Where buffers lie; what is in it from an earlier run is delivered. */
  readonly directory: string;
  /** `AWS::KinesisFirehose::DeliveryStream` of the template. */
  readonly deliveryStreams: readonly Resource[];
  /** `AWS::Glue::Table` of the template. */
  readonly tables: readonly Resource[];
  readonly putObject: PutObject;
  /** Caps the template's buffering interval, which is meant for AWS's prices. Default 5,000. */
  readonly flushAfterMsMax?: number;
  /** Receives what goes wrong in the background. */
  readonly report?: (message: string) => void;
}

/** Firehose on this machine. `flush` delivers everything acknowledged so far. */
export type Firehose = PlayedService & { flush(): Promise<void> };

/** https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const recordBytesMax = 1_024_000;
const recordsMax = 500;
const requestBytesMax = 4 * 1024 * 1024;

const record = z.object({ Data: z.base64() });
const byName = z.object({ DeliveryStreamName: z.string() });
const putRecord = byName.extend({ Record: record });
const putRecordBatch = byName.extend({ Records: z.array(record).min(1).max(recordsMax) });
const listStreams = z.object({
  Limit: z.number().int().min(1).max(10_000).default(10),
  ExclusiveStartDeliveryStreamName: z.string().optional(),
});

interface Played {
  readonly stream: DeliveryStream;
  readonly log: SegmentLog;
  timer: NodeJS.Timeout | undefined;
}

/** Plays the delivery streams of the template: a buffer on disk, then Parquet in their bucket. */
export async function createFirehose(options: FirehoseOptions): Promise<Firehose> {
  const { directory, putObject, flushAfterMsMax = 5_000, report = console.error } = options;
  const staging = path.join(directory, 'staging');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const deliveries = createDeliveries(staging, putObject, report);
  const played = new Map<string, Played>();
  for (const resource of options.deliveryStreams) {
    const stream = readDeliveryStream(resource, options.tables);
    const { log, left } = openSegmentLog(path.join(directory, stream.name));
    played.set(stream.name, { stream, log, timer: undefined });
    for (const segment of left) deliveries.add(stream, segment);
  }

  async function roll(one: Played): Promise<void> {
    clearTimeout(one.timer);
    one.timer = undefined;
    const segment = await one.log.roll();
    if (segment) deliveries.add(one.stream, segment);
  }

  async function put(streamName: string, records: readonly { Data: string }[]): Promise<void> {
    const one = find(streamName);
    const data = records.map(({ Data }) => Buffer.from(Data, 'base64'));
    if (data.some(({ length }) => length > recordBytesMax)) {
      throw new AwsError('InvalidArgumentException', `1 record exceeds ${recordBytesMax} bytes`);
    }
    const bytes = data.reduce((sum, { length }) => sum + length, 0);
    if (bytes > requestBytesMax) {
      throw new AwsError('InvalidArgumentException', `Records size exceeds 4 MB limit: ${bytes}`);
    }
    await one.log.append(data, Date.now());
    const rollNow = (): void => {
      roll(one).catch((error: unknown) =>
        report(`Cannot end the buffer of ${streamName}: ${error}`),
      );
    };
    if ((one.log.pending()?.bytes ?? 0) >= one.stream.buffer.sizeBytes) rollNow();
    else one.timer ??= setTimeout(rollNow, Math.min(one.stream.buffer.intervalMs, flushAfterMsMax));
  }

  function find(streamName: string): Played {
    const one = played.get(streamName);
    if (one) return one;
    throw new AwsError('ResourceNotFoundException', `Firehose ${streamName} not found.`);
  }

  async function flush(): Promise<void> {
    await Promise.all([...played.values()].map(roll));
    await deliveries.drain();
  }

  const operations: Readonly<Record<string, (input: unknown) => Promise<unknown>>> = {
    async PutRecord(input) {
      const { DeliveryStreamName, Record } = parse(putRecord, input);
      await put(DeliveryStreamName, [Record]);
      return { RecordId: randomUUID(), Encrypted: false };
    },
    async PutRecordBatch(input) {
      const { DeliveryStreamName, Records } = parse(putRecordBatch, input);
      await put(DeliveryStreamName, Records);
      return {
        FailedPutCount: 0,
        Encrypted: false,
        RequestResponses: Records.map(() => ({ RecordId: randomUUID() })),
      };
    },
    async DescribeDeliveryStream(input) {
      const { stream } = find(parse(byName, input).DeliveryStreamName);
      return {
        DeliveryStreamDescription: {
          DeliveryStreamName: stream.name,
          DeliveryStreamARN: stream.arn,
          DeliveryStreamStatus: 'ACTIVE',
          DeliveryStreamType: 'DirectPut',
          VersionId: '1',
          Destinations: [],
          HasMoreDestinations: false,
        },
      };
    },
    async ListDeliveryStreams(input) {
      const { Limit, ExclusiveStartDeliveryStreamName: after = '' } = parse(listStreams, input);
      const names = [...played.keys()].toSorted().filter((name) => name > after);
      return {
        DeliveryStreamNames: names.slice(0, Limit),
        HasMoreDeliveryStreams: names.length > Limit,
      };
    },
  };

  return {
    signingName: 'firehose',
    permissions(call) {
      const { success, data } = byName.safeParse(parseJson(call.body));
      const resource = success ? (played.get(data.DeliveryStreamName)?.stream.arn ?? '*') : '*';
      return [{ action: `firehose:${call.operation}`, resource }];
    },
    async handle(call: AwsCall): Promise<AwsReply> {
      const operation = operations[call.operation ?? ''];
      if (!operation) {
        throw new AwsError(
          'UnknownOperationException',
          `Firehose ${call.operation} is not played here`,
        );
      }
      return { status: 200, body: JSON.stringify(await operation(parseJson(call.body))) };
    },
    flush,
    async close() {
      try {
        await flush();
      } catch (error) {
        report(`Cannot deliver all buffers, the next start will: ${error}`);
      }
      await Promise.all([...played.values()].map(({ log }) => log.close()));
      await deliveries.close();
    },
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}

function parse<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', z.prettifyError(parsed.error));
}
