import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localAccountId, localRegion } from '../service.ts';
import type { FailureRecord } from './failure-record.ts';

/** Sends reports about discarded batches to the queue that a mapping names. */
export function failureReports(awsUrl: string) {
  const client = new SQSClient({
    endpoint: awsUrl,
    region: localRegion,
    useQueueUrlAsEndpoint: false,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return async (queueArn: string | undefined, record: FailureRecord): Promise<void> => {
    if (queueArn === undefined) return;
    const name = queueArn.split(':').at(-1);
    await client.send(
      new SendMessageCommand({
        QueueUrl: `${awsUrl}/${localAccountId}/${name}`,
        MessageBody: JSON.stringify(record),
      }),
    );
  };
}
