import { z } from 'zod';
import type { EventSourceMapping } from '../event-source/event-source-mapping.ts';
import { type AwsCall, AwsError, type PlayedService } from '../service.ts';
import { functionName } from './function-name.ts';

const place = '/2015-03-31/event-source-mappings';
const query = z.object({
  FunctionName: z.string().optional(),
  EventSourceArn: z.string().optional(),
});

/** Of Lambda's API what a function asks about itself: ListEventSourceMappings, all on one page. */
export function createMappingList(mappings: readonly EventSourceMapping[]): PlayedService {
  return {
    signingName: 'lambda',
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    permissions: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
    async handle(call) {
      const { FunctionName, EventSourceArn } = queryOf(call);
      const name = FunctionName === undefined ? undefined : functionName(FunctionName);
      const found = mappings.filter(
        (mapping) =>
          (name === undefined || mapping.functionName === name) &&
          (EventSourceArn === undefined || mapping.eventSourceArn === EventSourceArn),
      );
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ EventSourceMappings: found.map(describe) }),
      };
    },
    close: async () => {},
  };
}

function queryOf({ method, path }: AwsCall): z.output<typeof query> {
  const url = new URL(path, 'http://lambda');
  if (method === 'GET' && url.pathname.replace(/\/$/, '') === place) {
    return query.parse(Object.fromEntries(url.searchParams));
  }
  throw new AwsError(
    'UnknownOperationException',
    `Cannot play call: of Lambda only ListEventSourceMappings is played here: received ${method} ${url.pathname}`,
  );
}

function describe(mapping: EventSourceMapping): object {
  const { onFailureArn, startingPosition, recordAgeMsMax } = mapping;
  return {
    UUID: mapping.name,
    EventSourceArn: mapping.eventSourceArn,
    FunctionArn: mapping.functionArn,
    State: mapping.enabled ? 'Enabled' : 'Disabled',
    StartingPosition: startingPosition.type,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.batchingWindowMs / 1000,
    ParallelizationFactor: 1,
    MaximumRetryAttempts: mapping.retriesMax,
    MaximumRecordAgeInSeconds: recordAgeMsMax < 0 ? -1 : recordAgeMsMax / 1000,
    TumblingWindowInSeconds: 0,
    BisectBatchOnFunctionError: mapping.bisectOnError,
    FunctionResponseTypes: mapping.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    DestinationConfig: onFailureArn ? { OnFailure: { Destination: onFailureArn } } : {},
  };
}
