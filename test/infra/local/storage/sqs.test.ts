import { rm } from 'node:fs/promises';
import {
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueResource, type TestStorage, temporaryFolder, testStorage } from './played-storage.ts';

const deadLetters = queueResource('dev-dead-letters', { MessageRetentionPeriod: 1209600 });
const work = queueResource('dev-work', {
  VisibilityTimeout: '0',
  RedrivePolicy: {
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dev-dead-letters',
    maxReceiveCount: 2,
  },
});
const urlOf = (name: string) => `http://127.0.0.1:4601/000000000000/${name}`;

async function receive(sqs: SQSClient, name: string, more: object = {}) {
  const command = new ReceiveMessageCommand({ QueueUrl: urlOf(name), ...more });
  return (await sqs.send(command)).Messages ?? [];
}

describe('SQS', () => {
  let test: TestStorage;
  let sqs: SQSClient;
  beforeAll(async () => {
    test = await testStorage({ queues: [deadLetters, work] });
    sqs = test.sqs;
  });
  afterAll(() => test.close());

  it('gives out URLs of the gateway', async () => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'dev-work' }));
    expect(QueueUrl).toBe(urlOf('dev-work'));
    const { QueueUrls } = await sqs.send(new ListQueuesCommand({}));
    expect(QueueUrls).toEqual([urlOf('dev-dead-letters'), urlOf('dev-work')]);
  });

  it('has the template’s attributes', async () => {
    const command = { QueueUrl: urlOf('dev-work'), AttributeNames: ['All' as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(command));
    expect(Attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:dev-work',
      VisibilityTimeout: '0',
      RedrivePolicy: expect.stringContaining('dev-dead-letters'),
    });
  });

  it('moves a message that is received too often to the dead letters', async () => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: urlOf('dev-work'),
        MessageBody: 'poison',
        MessageAttributes: { reason: { DataType: 'String', StringValue: 'cannot be read' } },
      }),
    );
    for (let attempt = 1; attempt <= 2; attempt++) {
      const [message] = await receive(sqs, 'dev-work', {
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      expect(message?.Attributes?.ApproximateReceiveCount).toBe(String(attempt));
    }
    expect(await receive(sqs, 'dev-work')).toEqual([]);
    const [dead] = await receive(sqs, 'dev-dead-letters', { MessageAttributeNames: ['All'] });
    expect(dead).toMatchObject({
      Body: 'poison',
      MessageAttributes: { reason: { StringValue: 'cannot be read' } },
    });
    const ReceiptHandle = dead?.ReceiptHandle;
    const QueueUrl = urlOf('dev-dead-letters');
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    expect(await receive(sqs, 'dev-dead-letters', { VisibilityTimeout: 0 })).toEqual([]);
  });

  it('waits for a message when asked to', async () => {
    const waiting = receive(sqs, 'dev-dead-letters', { WaitTimeSeconds: 5 });
    const QueueUrl = urlOf('dev-dead-letters');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'at last' }));
    const [message] = await waiting;
    expect(message?.Body).toBe('at last');
  });

  it('sends and deletes in batches', async () => {
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: `batch ${Id}` }));
    const QueueUrl = urlOf('dev-work');
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(sent.Successful).toHaveLength(2);
    const options = { MaxNumberOfMessages: 10, VisibilityTimeout: 30 };
    const messages = await receive(sqs, 'dev-work', options);
    expect(messages.map(({ Body }) => Body)).toEqual(['batch a', 'batch b']);
    const deletions = messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: deletions }));
    expect(await receive(sqs, 'dev-work', { MaxNumberOfMessages: 10 })).toEqual([]);
  });

  it('says that a queue does not exist', async () => {
    const command = new SendMessageCommand({ QueueUrl: urlOf('absent'), MessageBody: 'x' });
    await expect(sqs.send(command)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

describe('SQS after a restart', () => {
  it('has its messages, the template’s new attributes and URLs of the new port', async () => {
    const directory = await temporaryFolder();
    const before = await testStorage({ directory, queues: [deadLetters, work] });
    const QueueUrl = urlOf('dev-work');
    await before.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    await before.close();
    const queues = [deadLetters, queueResource('dev-work', { VisibilityTimeout: 40 })];
    const publicUrl = 'http://127.0.0.1:4701/';
    const after = await testStorage({ directory, queues, publicUrl });
    const found = await after.sqs.send(new GetQueueUrlCommand({ QueueName: 'dev-work' }));
    expect(found.QueueUrl).toBe('http://127.0.0.1:4701/000000000000/dev-work');
    const { Attributes } = await after.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: found.QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '40', ApproximateNumberOfMessages: '1' });
    expect(Attributes).not.toHaveProperty('RedrivePolicy');
    expect((await receive(after.sqs, 'dev-work'))[0]?.Body).toBe('kept');
    await after.close();
    await rm(directory, { recursive: true });
  });
});
