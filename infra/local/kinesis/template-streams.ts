import { z } from 'zod';
import type { Resource } from '../service.ts';
import { nameInArn } from './members.ts';
import { rescale } from './reshard.ts';
import { onDemandShards } from './stream-state.ts';
import type { Streams } from './streams.ts';

const streamProperties = z.object({
  ShardCount: z.number().int().positive().optional(),
  RetentionPeriodHours: z.number().int().min(24).max(8_760).default(24),
  StreamModeDetails: z.object({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
  MaxRecordSizeInKiB: z.literal(1_024, 'Records above 1 MiB are not played').optional(),
});

const consumerProperties = z.object({ ConsumerName: z.string(), StreamARN: z.string() });

/**
 * Makes the streams what the template says: creates those that are missing, changes retention, and
 * changes the shard count where the template's differs from what it was. A stream that has left
 * the template stays, with its records.
 */
export function applyStream(streams: Streams, resource: Resource): void {
  const properties = parse(streamProperties, resource);
  const mode = properties.StreamModeDetails?.StreamMode ?? 'PROVISIONED';
  const templateShardCount = properties.ShardCount ?? (mode === 'ON_DEMAND' ? onDemandShards : 1);
  const retentionHours = properties.RetentionPeriodHours;
  const stream = streams.find(resource.ref);
  if (stream === undefined) {
    streams.create({
      name: resource.ref,
      mode,
      shardCount: templateShardCount,
      retentionHours,
      templateShardCount,
    });
    return;
  }
  const state = { ...stream.state, mode, retentionHours, templateShardCount };
  const isRescaled = stream.state.templateShardCount !== templateShardCount;
  streams.change(
    stream,
    isRescaled ? rescale(state, templateShardCount, () => streams.moment()) : state,
  );
}

/** Registers the consumer under the ARN that the rest of the template knows it by. */
export function applyConsumer(streams: Streams, resource: Resource): void {
  const { ConsumerName, StreamARN } = parse(consumerProperties, resource);
  const name = nameInArn(StreamARN);
  const stream = name === undefined ? undefined : streams.find(name);
  if (stream === undefined) {
    throw new Error(
      `Cannot register consumer ${resource.logicalId}: there is no such stream: received ${StreamARN}`,
    );
  }
  const arn = resource.attributes['ConsumerARN'] ?? resource.ref;
  if (stream.state.consumers.some((consumer) => consumer.arn === arn)) return;
  const others = stream.state.consumers.filter((consumer) => consumer.name !== ConsumerName);
  const consumer = { name: ConsumerName, arn, createdAtMs: streams.now() };
  streams.change(stream, { ...stream.state, consumers: [...others, consumer] });
}

function parse<T>(schema: z.ZodType<T>, resource: Resource): T {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  throw new Error(
    `Cannot play ${resource.type}: its properties are wrong: received ${resource.logicalId}: ${z.prettifyError(parsed.error)}`,
  );
}
