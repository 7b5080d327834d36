import { z } from 'zod';
import { AwsError, localAccountId } from '../service.ts';
import { consumerName, nameInArn, nextToken, streamArn as streamArnMember } from './members.ts';
import { type Operation, operation } from './operation.ts';
import type { Stream } from './stream.ts';
import type { ConsumerState } from './stream-state.ts';
import type { Streams } from './streams.ts';
import { nameInToken, packToken } from './token.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html */
const consumersMax = 20;

const registerInput = z.object({ StreamARN: streamArnMember, ConsumerName: consumerName });

/** A consumer is named by its ARN, or by its name and its stream. */
const referenceInput = z.object({
  StreamARN: streamArnMember.optional(),
  ConsumerName: consumerName.optional(),
  ConsumerARN: z.string().min(1).max(2048).optional(),
});

const listInput = z.object({
  StreamARN: streamArnMember,
  MaxResults: z.number().int().min(1).max(10_000).default(100),
  NextToken: nextToken.optional(),
});

const subscribeInput = z.object({ ConsumerARN: z.string().min(1).max(2048) });

type Reference = z.output<typeof referenceInput>;

export function consumerOperations(streams: Streams): Record<string, Operation> {
  return {
    RegisterStreamConsumer: operation(
      registerInput,
      (input) => input.StreamARN,
      (input) => {
        const stream = streamOf(streams, input.StreamARN);
        const { consumers } = stream.state;
        checkRoom(stream, input.ConsumerName);
        const createdAtMs = streams.now();
        const arn = `${stream.arn}/consumer/${input.ConsumerName}:${Math.floor(createdAtMs / 1000)}`;
        const consumer = { name: input.ConsumerName, arn, createdAtMs };
        streams.change(stream, { ...stream.state, consumers: [...consumers, consumer] });
        return { Consumer: describe(consumer) };
      },
    ),
    DeregisterStreamConsumer: operation(referenceInput, resourceOf, (input) => {
      const { stream, consumer } = find(streams, input);
      const consumers = stream.state.consumers.filter(({ arn }) => arn !== consumer.arn);
      streams.change(stream, { ...stream.state, consumers });
      return undefined;
    }),
    DescribeStreamConsumer: operation(referenceInput, resourceOf, (input) => {
      const { stream, consumer } = find(streams, input);
      return { ConsumerDescription: { ...describe(consumer), StreamARN: stream.arn } };
    }),
    ListStreamConsumers: operation(
      listInput,
      (input) => input.StreamARN,
      (input) => {
        const { consumers } = streamOf(streams, input.StreamARN).state;
        const after = nameInToken(input.NextToken);
        const following = consumers
          .filter(({ name }) => name > after)
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        const page = following.slice(0, input.MaxResults);
        const last = page.at(-1);
        const hasMore = last !== undefined && following.length > page.length;
        return {
          Consumers: page.map(describe),
          ...(hasMore && { NextToken: packToken([last.name]) }),
        };
      },
    ),
    SubscribeToShard: operation(
      subscribeInput,
      (input) => input.ConsumerARN,
      () => {
        throw new AwsError(
          'UnsupportedOperationException',
          'Cannot subscribe to shard: the local cloud pushes no records; event source mappings read in process, other readers use GetRecords',
        );
      },
    ),
  };
}

function streamOf(streams: Streams, arn: string): Stream {
  return streams.get(nameInArn(arn) ?? arn);
}

function resourceOf({ ConsumerARN, StreamARN, ConsumerName }: Reference): string {
  return ConsumerARN ?? `${StreamARN}/consumer/${ConsumerName}`;
}

function find(streams: Streams, reference: Reference): { stream: Stream; consumer: ConsumerState } {
  const { ConsumerARN, StreamARN, ConsumerName } = reference;
  if (ConsumerARN === undefined && (StreamARN === undefined || ConsumerName === undefined)) {
    throw new AwsError(
      'InvalidArgumentException',
      'Either ConsumerARN or both StreamARN and ConsumerName are required.',
    );
  }
  const stream = streamOf(streams, ConsumerARN ?? StreamARN ?? '');
  const consumer = stream.state.consumers.find(({ arn, name }) =>
    ConsumerARN === undefined ? name === ConsumerName : arn === ConsumerARN,
  );
  if (consumer !== undefined) return { stream, consumer };
  throw new AwsError(
    'ResourceNotFoundException',
    `Consumer ${ConsumerARN ?? ConsumerName} of stream ${stream.name} under account ${localAccountId} not found.`,
  );
}

function checkRoom(stream: Stream, name: string): void {
  const { consumers } = stream.state;
  if (consumers.some((consumer) => consumer.name === name)) {
    throw new AwsError(
      'ResourceInUseException',
      `Consumer ${name} of stream ${stream.name} under account ${localAccountId} already exists.`,
    );
  }
  if (consumers.length < consumersMax) return;
  throw new AwsError(
    'LimitExceededException',
    `Stream ${stream.name} under account ${localAccountId} has ${consumersMax} consumers, which is the limit.`,
  );
}

function describe({ name, arn, createdAtMs }: ConsumerState): object {
  return {
    ConsumerName: name,
    ConsumerARN: arn,
    ConsumerStatus: 'ACTIVE',
    ConsumerCreationTimestamp: createdAtMs / 1000,
  };
}
