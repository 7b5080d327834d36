import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KinesisService } from '../../../../infra/local/kinesis/kinesis.ts';
import type { Resource } from '../../../../infra/local/service.ts';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';
import { send } from './direct-call.ts';
import { type KinesisRig, kinesisRig, put, stream, texts } from './kinesis-rig.ts';

let rig: KinesisRig;
beforeEach(async () => {
  rig = await kinesisRig();
});
afterEach(() => rig.remove());

function consumer(ref: string, streamArn: string): Resource {
  return {
    stack: 'Shop-dev-Data',
    logicalId: 'Consumer',
    type: 'AWS::Kinesis::StreamConsumer',
    ref,
    attributes: { ConsumerARN: ref },
    properties: { ConsumerName: 'dev-fraud-detection', StreamARN: streamArn },
  };
}

describe('createKinesis() from a template', () => {
  const open2 = (properties: object) => rig.open({ streams: [streamResource(stream, properties)] });
  const openCount = (kinesis: KinesisService) =>
    kinesis.shards(stream).filter(({ closed }) => !closed).length;

  it('changes the shard count when the template does, and keeps the records', async () => {
    const first = await open2({ ShardCount: 1 });
    await put(first, 'a');
    await rig.close(first);
    const second = await open2({ ShardCount: 4 });
    expect(openCount(second)).toBe(4);
    expect(texts(second)).toEqual(['a']);
  });

  it('leaves a shard count alone that was changed by hand', async () => {
    const first = await open2({ ShardCount: 1 });
    await send(first, 'UpdateShardCount', {
      StreamName: stream,
      TargetShardCount: 2,
      ScalingType: 'UNIFORM_SCALING',
    });
    await rig.close(first);
    expect(openCount(await open2({ ShardCount: 1 }))).toBe(2);
  });

  it('begins an on-demand stream with four shards', async () => {
    const kinesis = await open2({
      ShardCount: undefined,
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    });
    expect(openCount(kinesis)).toBe(4);
    await expect(
      send(kinesis, 'UpdateShardCount', {
        StreamName: stream,
        TargetShardCount: 8,
        ScalingType: 'UNIFORM_SCALING',
      }),
    ).rejects.toMatchObject({ code: 'ValidationException' });
  });

  it('finds a stream by its own ARN and by that of a consumer', async () => {
    const resource = streamResource(stream);
    const arn = resource.attributes['Arn'] ?? '';
    const consumerArn = `${arn}/consumer/dev-fraud-detection:1`;
    const consumers = [consumer(consumerArn, arn)];
    const kinesis = await rig.open({ streams: [resource], consumers });
    expect(kinesis.streamByArn(arn)).toBe(stream);
    expect(kinesis.streamByArn(consumerArn)).toBe(stream);
    expect(() => kinesis.streamByArn('arn:aws:kinesis:us-east-1:0:stream/other')).toThrow(
      'received arn:aws:kinesis:us-east-1:0:stream/other',
    );
    const { ConsumerDescription } = await send(kinesis, 'DescribeStreamConsumer', {
      ConsumerARN: consumerArn,
    });
    expect(ConsumerDescription).toMatchObject({
      ConsumerName: 'dev-fraud-detection',
      ConsumerStatus: 'ACTIVE',
      StreamARN: arn,
    });
  });

  it('names a resource that it cannot play', async () => {
    await expect(open2({ ShardCount: 'two' })).rejects.toThrow(
      /^Cannot play AWS::Kinesis::Stream: its properties are wrong: received Stream:/,
    );
    await expect(open2({ MaxRecordSizeInKiB: 10_240 })).rejects.toThrow('Records above 1 MiB');
    await expect(
      rig.open({ streams: [], consumers: [consumer('c', 'arn:aws:kinesis:x:1:stream/none')] }),
    ).rejects.toThrow('received arn:aws:kinesis:x:1:stream/none');
  });
});
