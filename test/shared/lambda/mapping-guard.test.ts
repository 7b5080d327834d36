import { afterEach, describe, expect, it } from 'vitest';
import { createMappingList } from '../../../infra/local/lambda/mapping-list.ts';
import { AwsError, type PlayedService } from '../../../infra/local/service.ts';
import { checkMappings, UnreachableError } from '../../../shared/lambda/mapping-guard.ts';
import { serveAws } from '../../fixtures/aws-endpoint.ts';
import { mapping } from '../../infra/local/event-source/consumer.ts';

const right = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
let close = async (): Promise<void> => {};
afterEach(() => close());

async function lambda(service: PlayedService) {
  const endpoint = await serveAws([service]);
  close = () => endpoint.close();
  const { region, credentials } = endpoint.client;
  return { endpoint: endpoint.url, region, credentials, now: Date.now };
}

/** A Lambda that answers as it is told. */
function answering(...pages: readonly object[]): PlayedService {
  let page = 0;
  return {
    ...createMappingList([]),
    handle: async () => ({ status: 200, body: JSON.stringify(pages[page++]) }),
  };
}

const kinesis = { EventSourceArn: 'arn:aws:kinesis:us-east-1:0:stream/sales', ...right };

describe('checkMappings()', () => {
  it('is content with the mappings that the local cloud plays', async () => {
    const played = mapping();
    const access = await lambda(createMappingList([played]));
    await checkMappings(access, played.functionName);
  });

  it('looks at the mappings of this function only', async () => {
    const played = mapping({ FunctionResponseTypes: [] });
    const access = await lambda(createMappingList([played]));
    await checkMappings(access, 'another');
    await expect(checkMappings(access, played.functionName)).rejects.toThrow(
      'must have FunctionResponseTypes ReportBatchItemFailures',
    );
  });

  it.each([
    [{ ParallelizationFactor: 2 }, 'ParallelizationFactor 1'],
    [{ StartingPosition: 'AT_TIMESTAMP' }, 'StartingPosition TRIM_HORIZON'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{}' }] } }, 'FilterCriteria 0'],
    [{ MaximumRetryAttempts: 3 }, 'MaximumRetryAttempts -1'],
    [{ MaximumRecordAgeInSeconds: 60 }, 'MaximumRecordAgeInSeconds -1'],
    [{ TumblingWindowInSeconds: 30 }, 'TumblingWindowInSeconds 0'],
    [{ FunctionResponseTypes: [] }, 'FunctionResponseTypes ReportBatchItemFailures'],
  ])('refuses %j', async (change, demand) => {
    const access = await lambda(answering({ EventSourceMappings: [{ ...kinesis, ...change }] }));
    await expect(checkMappings(access, 'statistics')).rejects.toThrow(demand);
  });

  it('looks at every page, and at mappings of streams only', async () => {
    const queue = { EventSourceArn: 'arn:aws:sqs:us-east-1:0:letters' };
    const first = { EventSourceMappings: [kinesis, queue], NextMarker: 'more' };
    const second = { EventSourceMappings: [{ ...kinesis, ParallelizationFactor: 10 }] };
    const access = await lambda(answering(first, second));
    await expect(checkMappings(access, 'statistics')).rejects.toThrow('received 10');
  });

  it('tells a Lambda out of reach from one that refuses', async () => {
    const access = await lambda({
      ...createMappingList([]),
      handle: async () => {
        throw new AwsError('ServiceException', 'on fire', 500);
      },
    });
    await expect(checkMappings(access, 'a')).rejects.toBeInstanceOf(UnreachableError);
    await close();
    await expect(checkMappings(access, 'a')).rejects.toBeInstanceOf(UnreachableError);
    const refusing = await lambda({
      ...createMappingList([]),
      handle: async () => {
        throw new AwsError('AccessDeniedException', 'no', 403);
      },
    });
    await expect(checkMappings(refusing, 'a')).rejects.toThrow('lambda:ListEventSourceMappings');
  });
});
