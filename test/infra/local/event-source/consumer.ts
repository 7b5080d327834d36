import { z } from 'zod';
import {
  type EventSourceMapping,
  eventSourceMapping,
} from '../../../../infra/local/event-source/event-source-mapping.ts';
import type {
  InvocationFailure,
  InvocationResult,
  Invoke,
} from '../../../../infra/local/lambda/invocation-result.ts';

/** What one invocation saw. */
export interface Received {
  readonly shardId: string;
  readonly sequenceNumbers: readonly string[];
  readonly texts: readonly string[];
}

/** A function as its mapping sees it: keeps what it received and answers as told. */
export interface Consumer {
  readonly invoke: Invoke;
  readonly received: Received[];
  /** Every record's text, in the order of arrival, repeats included. */
  texts(): string[];
}

export type Answer = (received: Received, attempt: number) => InvocationResult;

const kinesisEvents = z.object({
  Records: z
    .array(
      z.object({
        eventID: z.string(),
        kinesis: z.object({ sequenceNumber: z.string(), data: z.string() }),
      }),
    )
    .min(1),
});

export function consumer(answer: Answer = () => success()): Consumer {
  const received: Received[] = [];
  return {
    received,
    texts: () => received.flatMap(({ texts }) => texts),
    async invoke(_name, event) {
      const { Records: records } = kinesisEvents.parse(event);
      const seen = {
        shardId: records[0]?.eventID.split(':')[0] ?? '',
        sequenceNumbers: records.map(({ kinesis }) => kinesis.sequenceNumber),
        texts: records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString('utf8')),
      };
      received.push(seen);
      return answer(seen, received.length);
    },
  };
}

export function success(payload: unknown = null): InvocationResult {
  return { ok: true, payload, requestId: 'request' };
}

export function failedAt(sequenceNumber: unknown): InvocationResult {
  return success({ batchItemFailures: [{ itemIdentifier: sequenceNumber }] });
}

export function thrown(): InvocationFailure {
  return {
    ok: false,
    errorType: 'Error',
    errorMessage: 'as told',
    timedOut: false,
    throttled: false,
    requestId: 'request',
  };
}

/** A mapping as the template describes it. */
export function mapping(properties: object = {}): EventSourceMapping {
  return eventSourceMapping({
    stack: 'App',
    logicalId: 'Mapping',
    type: 'AWS::Lambda::EventSourceMapping',
    ref: 'mapping-id',
    attributes: {},
    properties: {
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-changes',
      FunctionName: 'dev-probe',
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...properties,
    },
  });
}
