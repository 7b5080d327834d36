import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AwsCall, PlayedService } from '../../../infra/local/service.ts';
import { putRecords } from '../../../shared/kinesis/put-records.ts';
import { serveAws } from '../../fixtures/aws-endpoint.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

let cloud: PlayedCloud;
/** How many records there were in each request; the first of each was refused while this is true. */
let requests: number[];
let refusesFirst: () => boolean;
let slept: number[];

beforeAll(async () => {
  cloud = await playCloud(throttling);
});
afterAll(() => cloud.close());
beforeEach(() => {
  requests = [];
  slept = [];
  refusesFirst = () => false;
});

/** Kinesis whose shard has no room for the first record of a request. */
function throttling(service: PlayedService): PlayedService {
  return {
    ...service,
    async handle(call: AwsCall) {
      if (call.operation !== 'PutRecords') return service.handle(call);
      const input = JSON.parse(call.body.toString());
      requests.push(input.Records.length);
      if (!refusesFirst()) return service.handle(call);
      const rest = input.Records.slice(1);
      const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'full' };
      if (rest.length === 0) return reply({ FailedRecordCount: 1, Records: [refused] });
      const body = Buffer.from(JSON.stringify({ ...input, Records: rest }));
      const { body: answer } = await service.handle({ ...call, body });
      const { Records } = JSON.parse(answer.toString());
      return reply({ FailedRecordCount: 1, Records: [refused, ...Records] });
    },
  };
}

function reply(body: object) {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status: 200, headers, body: JSON.stringify(body) };
}

const wait = {
  sleep: async (milliseconds: number) => {
    slept.push(milliseconds);
  },
  random: () => 0.5,
};

async function put(count: number, from = 0, bytes = 0) {
  const records = Array.from({ length: count }, (_, index) => ({
    PartitionKey: 'a',
    Data: Buffer.from(JSON.stringify({ n: from + index, filler: 'x'.repeat(bytes) })),
  }));
  await putRecords(cloud.kinesis, 'dev-insights', records, wait);
}

function stored(from: number): number[] {
  const numbers = cloud.records('dev-insights').map(({ body }) => body.n);
  return numbers.filter((n) => n >= from).sort((a, b) => a - b);
}

describe('putRecords()', () => {
  it('puts as many in a request as it takes, in order', async () => {
    await put(1_100);
    expect(requests).toEqual([500, 500, 100]);
    expect(cloud.records('dev-insights').map(({ body }) => body.n)).toEqual(
      Array.from({ length: 1_100 }, (_, index) => index),
    );
  });

  it('stays below the bytes of a request', async () => {
    await put(12, 2_000, 900_000);
    expect(requests).toEqual([5, 5, 2]);
    expect(stored(2_000)).toHaveLength(12);
  });

  it('puts nothing when there is nothing', async () => {
    await put(0);
    expect(requests).toEqual([]);
  });

  it('sends again only what was refused, after a pause', async () => {
    refusesFirst = () => requests.length <= 2;
    await put(3, 3_000);
    expect(requests).toEqual([3, 1, 1]);
    expect(stored(3_000)).toEqual([3_000, 3_001, 3_002]);
    expect(slept).toEqual([75, 150]);
  });

  it('gives up with the reason when a shard never takes a record', async () => {
    refusesFirst = () => true;
    await expect(put(2, 4_000)).rejects.toThrow(
      'Cannot put 1 records into dev-insights: ProvisionedThroughputExceededException: full',
    );
    expect(requests).toHaveLength(8);
    expect(Math.max(...slept)).toBeLessThanOrEqual(2_000);
  });

  it('passes on what Kinesis refuses whole', async () => {
    const records = [{ PartitionKey: 'a', Data: Buffer.from('x') }];
    const putting = putRecords(cloud.kinesis, 'dev-unknown', records, wait);
    await expect(putting).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('putRecords() with an answer that lacks outcomes', () => {
  let endpoint: Awaited<ReturnType<typeof serveAws>>;
  let client: KinesisClient;
  beforeEach(async () => {
    const forgetful: PlayedService = {
      signingName: 'kinesis',
      permissions: () => [],
      handle: async () => reply({}),
      close: async () => {},
    };
    endpoint = await serveAws([forgetful]);
    client = new KinesisClient({ ...endpoint.client, requestHandler: new NodeHttpHandler() });
  });
  afterEach(async () => {
    client.destroy();
    await endpoint.close();
  });

  it('takes nothing for put that it was not told of', async () => {
    const records = [{ PartitionKey: 'a', Data: Buffer.from('x') }];
    await expect(putRecords(client, 'dev-insights', records, wait)).rejects.toThrow('Cannot put');
  });
});
