import { expect, test } from 'vitest';
import { mappingPermissions } from '../../../../infra/local/event-source/mapping-permissions.ts';
import { mapping } from './consumer.ts';

test('eventSourceMapping() fills in AWS’s defaults', () => {
  const { filter, ...rest } = mapping({ FunctionResponseTypes: undefined });
  expect(rest).toEqual({
    name: 'Mapping',
    eventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes',
    streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes',
    streamName: 'dev-changes',
    functionName: 'dev-probe',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:dev-probe',
    enabled: true,
    batchSize: 100,
    batchingWindowMs: 0,
    startingPosition: { type: 'TRIM_HORIZON' },
    retriesMax: -1,
    recordAgeMsMax: -1,
    bisectOnError: false,
    reportsItemFailures: false,
    gathers: true,
    onFailureArn: undefined,
  });
  expect(filter).toBeTypeOf('function');
});

test('eventSourceMapping() finds the stream behind a consumer’s ARN, the function behind its own', () => {
  const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes';
  const found = mapping({
    EventSourceArn: `${arn}/consumer/dev-fraud:1700000000`,
    FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:dev-fraud:live',
  });
  expect(found).toMatchObject({
    streamArn: arn,
    streamName: 'dev-changes',
    functionName: 'dev-fraud',
  });
});

test.each([
  [{ ParallelizationFactor: 2 }, 'only 1 keeps the order of a shard'],
  [{ TumblingWindowInSeconds: 60 }, 'tumbling windows are not played'],
  [{ BatchSize: 10_001 }, 'BatchSize'],
  [{ EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:queue' }, 'EventSourceArn'],
  [{ StartingPosition: 'AT_TIMESTAMP' }, 'AT_TIMESTAMP needs StartingPositionTimestamp'],
  [
    { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:us-east-1:000000000000:t' } } },
    'only a queue can be told',
  ],
  [{ FunctionName: 'not a name' }, "not a function's name or ARN"],
])('eventSourceMapping() refuses %j', (properties, message) => {
  expect(() => mapping(properties)).toThrow(message);
});

test('mappingPermissions() names what the function’s role must allow', () => {
  const streamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes';
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:dev-dead-letters';
  const reading = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
    (action) => ({ action: `kinesis:${action}`, resource: streamArn }),
  );
  expect(mappingPermissions(mapping())).toEqual(reading);
  const consumerArn = `${streamArn}/consumer/dev-fraud:1700000000`;
  const fannedOut = mapping({
    EventSourceArn: consumerArn,
    DestinationConfig: { OnFailure: { Destination: queueArn } },
  });
  expect(mappingPermissions(fannedOut)).toEqual([
    ...reading,
    { action: 'kinesis:SubscribeToShard', resource: consumerArn },
    { action: 'sqs:SendMessage', resource: queueArn },
  ]);
});
