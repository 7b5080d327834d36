import type { Duration } from 'aws-cdk-lib';
import type * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface JobEventSourceProps {
  readonly function: lambda.IFunction;
  readonly stream: kinesis.IStream;
  /**
   * Reads by enhanced fan-out: its own 2 MB a second per shard, pushed, at a price by the hour.
   * @default - shares the shard's five reads a second with all other readers
   */
  readonly consumer?: kinesis.IStreamConsumer;
  readonly batchSize: number;
  /** How long Lambda waits for more records. @default - not at all */
  readonly batchingWindow?: Duration;
  /** Lambda's filter on the record; what does not match never invokes. @default - all records */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** Told of a batch that was given up. */
  readonly deadLetters: sqs.IQueue;
}

/**
 * How a stream drives a job: from the oldest record on, one batch of a shard at a time, in order,
 * tried without end and halved on failure. Order and exactly-once rest on it, so the values are not
 * a matter of choice; `JobMappingGuard` refuses any other.
 */
export class JobEventSource extends Construct {
  constructor(scope: Construct, id: string, props: JobEventSourceProps) {
    super(scope, id);
    const { stream, consumer, deadLetters, filter } = props;
    const grant = (consumer ?? stream).grantRead(props.function);
    deadLetters.grantSendMessages(props.function);
    const mapping = new lambda.CfnEventSourceMapping(this, 'Mapping', {
      functionName: props.function.functionName,
      eventSourceArn: consumer?.streamConsumerArn ?? stream.streamArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: props.batchSize,
      maximumBatchingWindowInSeconds: props.batchingWindow?.toSeconds() ?? 0,
      parallelizationFactor: 1,
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: -1,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      destinationConfig: { onFailure: { destination: deadLetters.queueArn } },
      ...(filter && { filterCriteria: { filters: [{ pattern: JSON.stringify(filter) }] } }),
    });
    // Lambda tries the role when the mapping is made.
    grant.applyBefore(mapping);
  }
}
