import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { z } from 'zod';

const putRecords = z.object({
  StreamName: z.string(),
  Records: z.array(z.object({ Data: z.base64(), PartitionKey: z.string() })).min(1),
});

export interface ReceivedRecord {
  readonly partitionKey: string;
  readonly json: ChangeRecord;
  readonly text: string;
}
export interface ChangeRecord {
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly [beforeImage: string]: unknown;
}

/** A PutRecords endpoint whose failures a test chooses; the played Kinesis never fails on order. */
export interface StreamReceiver {
  readonly port: number;
  /** Acknowledged entries, in order. */
  readonly records: readonly ReceivedRecord[];
  /** Entries of each request, those refused included. */
  readonly requests: readonly (readonly ReceivedRecord[])[];
  /** Decides per request which entries are refused; a number answers the whole with that status. */
  refuse: (records: readonly ReceivedRecord[]) => readonly number[] | number;
  /** Requests wait for what it gives. */
  hold: () => Promise<unknown> | undefined;
  clear(): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<StreamReceiver> {
  const records: ReceivedRecord[] = [];
  const requests: ReceivedRecord[][] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    await receiver.hold();
    const body = putRecords.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const entries = body.Records.map(({ Data, PartitionKey }) => {
      const text = Buffer.from(Data, 'base64').toString();
      return { partitionKey: PartitionKey, text, json: JSON.parse(text) as ChangeRecord };
    });
    requests.push(entries);
    const refused = receiver.refuse(entries);
    const status = typeof refused === 'number' ? refused : 200;
    const results = entries.map((entry, index) => {
      if (status !== 200 || (typeof refused !== 'number' && refused.includes(index))) {
        return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' };
      }
      records.push(entry);
      return { SequenceNumber: String(records.length), ShardId: 'shardId-000000000000' };
    });
    const FailedRecordCount = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        status === 200
          ? { FailedRecordCount, Records: results }
          : { __type: 'InternalFailure', message: 'broken' },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: StreamReceiver = {
    port: (server.address() as AddressInfo).port,
    records,
    requests,
    refuse: () => [],
    hold: () => undefined,
    clear() {
      records.length = 0;
      requests.length = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

export function receiverClient(port: number): KinesisClient {
  return new KinesisClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'capture', secretAccessKey: 'capture' },
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
}
