import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KinesisClient, ListStreamsCommand, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestBytesMax } from '../../../infra/local/aws-protocol/read-request.ts';
import { type Gateway, startGateway } from '../../../infra/local/gateway.ts';
import { createRoles } from '../../../infra/local/iam.ts';
import { createKinesis, type KinesisService } from '../../../infra/local/kinesis/kinesis.ts';
import type { AwsCall, PlayedService, Resource } from '../../../infra/local/service.ts';
import { streamResource } from '../../fixtures/kinesis-streams.ts';

const clickstream = streamResource('dev-clickstream');
const role: Resource = {
  stack: 'Shop-dev-App',
  logicalId: 'ClickIntakeRole',
  type: 'AWS::IAM::Role',
  ref: 'click-intake-role',
  attributes: {},
  properties: {
    Policies: [
      {
        PolicyName: 'grants',
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'kinesis:PutRecord',
              Resource: clickstream.attributes['Arn'],
            },
            { Effect: 'Deny', Action: 'kinesis:ListStreams', Resource: '*' },
          ],
        },
      },
    ],
  },
};

/** Plays S3 only so far as a call reaches it. */
class EchoStorage implements PlayedService {
  readonly signingName = 's3';
  readonly calls: AwsCall[] = [];
  permissions({ path }: AwsCall): { action: string; resource: string }[] {
    return [{ action: 's3:GetObject', resource: `arn:aws:s3:::${path.slice(1).split('?')[0]}` }];
  }
  async handle(
    call: AwsCall,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    this.calls.push(call);
    if (call.path.includes('broken')) {
      throw new Error('the disk is away', { cause: new Error('EIO') });
    }
    return {
      status: 200,
      headers: { 'X-Echo': call.method, connection: 'close' },
      body: call.path,
    };
  }
  async close(): Promise<void> {}
}

let directory: string;
let kinesis: KinesisService;
let gateway: Gateway;
const storage = new EchoStorage();
const log: string[] = [];
const roles = createRoles([role]);
const person = { accessKeyId: 'local', secretAccessKey: 'local' };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gateway-'));
  kinesis = await createKinesis({
    directory,
    streams: [clickstream],
    consumers: [],
    now: Date.now,
  });
  gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    services: [kinesis, storage],
    roles,
    log: (line) => log.push(line),
  });
});

afterAll(async () => {
  await gateway.close();
  await kinesis.close();
  await rm(directory, { recursive: true });
});

function clientSettings(credentials: { accessKeyId: string; secretAccessKey: string }) {
  return { endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts: 1 };
}

const click = { StreamName: 'dev-clickstream', PartitionKey: 'user', Data: Buffer.from('{}') };

describe('startGateway()', () => {
  it('speaks HTTP/2 to the Kinesis client as it comes, and HTTP/1.1, on one port', async () => {
    const byDefault = new KinesisClient(clientSettings(person));
    const byHttp1 = new KinesisClient({
      ...clientSettings(person),
      requestHandler: new NodeHttpHandler(),
    });
    for (const client of [byDefault, byHttp1]) {
      const answer = await client.send(new PutRecordCommand(click));
      expect(answer.ShardId).toBe('shardId-000000000000');
      client.destroy();
    }
  });

  it('tells the protocols apart when the first bytes come one by one', async () => {
    const port = Number(new URL(gateway.url).port);
    const request = `POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: A.B\r\ncontent-length: 2\r\n\r\n{}`;
    const answer = await sendSlowly(port, request);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('MissingAuthenticationTokenException');
  });

  it('lets a role do what its policy grants', async () => {
    const client = new KinesisClient(
      clientSettings(roles.credentialsFor('click-intake-role', 'dev-click-intake')),
    );
    const answer = await client.send(new PutRecordCommand(click));
    expect(answer.SequenceNumber).toMatch(/^\d{56}$/);
  });

  it('refuses in the words of AWS what no policy grants', async () => {
    const client = new KinesisClient(
      clientSettings(roles.credentialsFor('click-intake-role', 'dev-click-intake')),
    );
    await expect(
      client.send(new PutRecordCommand({ ...click, StreamName: 'dev-insights' })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::000000000000:assumed-role/click-intake-role/dev-click-intake is not authorized to perform: kinesis:PutRecord on resource: arn:aws:kinesis:us-east-1:000000000000:stream/dev-insights because no identity-based policy allows the kinesis:PutRecord action',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(client.send(new ListStreamsCommand({}))).rejects.toThrow(
      'with an explicit deny in an identity-based policy',
    );
  });

  it('refuses S3 calls in the XML of S3', async () => {
    const client = new S3Client(clientSettings(roles.credentialsFor('click-intake-role')));
    await expect(
      client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'orders' })),
    ).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  it('does not know an access key that was never given out', async () => {
    const stranger = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };
    await expect(
      new KinesisClient(clientSettings(stranger)).send(new ListStreamsCommand({})),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    await expect(
      new S3Client(clientSettings(stranger)).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
    ).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  it('names a service that is not played', async () => {
    await expect(
      new SQSClient(clientSettings(person)).send(
        new SendMessageCommand({ QueueUrl: `${gateway.url}/0/q`, MessageBody: 'x' }),
      ),
    ).rejects.toThrow(/not part of the local cloud, which plays kinesis, s3: received sqs/);
  });

  it('takes a presigned address, and hands the call over as it came', async () => {
    const path =
      '/lake/a%20b?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=local%2F20261121%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0';
    const answer = await fetch(gateway.url + path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(path);
    expect(storage.calls.at(-1)).toMatchObject({ service: 's3', method: 'GET', path });
  });

  it('leaves headers of the connection out, which HTTP/2 refuses', async () => {
    const session = http2.connect(gateway.url);
    const request = session.request({ ':path': '/lake/x', authorization: authorizationFor('s3') });
    const headers = await new Promise<http2.IncomingHttpHeaders>((resolve, reject) => {
      request.on('response', resolve).on('error', reject);
    });
    request.resume();
    expect(headers).toMatchObject({ ':status': 200, 'x-echo': 'GET' });
    expect(headers['connection']).toBeUndefined();
    session.close();
  });

  it('answers HEAD without a body', async () => {
    const answer = await fetch(`${gateway.url}/lake/x`, {
      method: 'HEAD',
      headers: { authorization: authorizationFor('s3') },
    });
    expect(answer.headers.get('x-echo')).toBe('HEAD');
    expect(await answer.text()).toBe('');
  });

  it('asks for credentials where there are none', async () => {
    const answer = await fetch(`${gateway.url}/`);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('answers a failure of its own with 500 and logs one line with the cause', async () => {
    log.length = 0;
    const answer = await fetch(`${gateway.url}/lake/broken`, {
      headers: { authorization: authorizationFor('s3') },
    });
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('<Code>InternalFailure</Code>');
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(
      /^Cannot answer s3 GET \/lake\/broken: Error: the disk is away \(at .*\), caused by Error: EIO/,
    );
  });

  it('refuses a body above the limit with a clear error, and takes one below it', async () => {
    const headers = { authorization: authorizationFor('s3') };
    const send = (bytes: number) =>
      fetch(`${gateway.url}/lake/x`, { method: 'PUT', headers, body: Buffer.alloc(bytes) });
    expect((await send(requestBytesMax)).status).toBe(200);
    const refused = await send(requestBytesMax + 1);
    expect(refused.status).toBe(413);
    expect(await refused.text()).toContain(`received ${requestBytesMax + 1}`);
  });

  it('goes on after a client that went away in the middle of its request', async () => {
    const { port } = new URL(gateway.url);
    const socket = net.connect(Number(port), '127.0.0.1');
    socket.write('PUT /lake/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc');
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    const answer = await fetch(`${gateway.url}/lake/x`, {
      headers: { authorization: authorizationFor('s3') },
    });
    expect(answer.status).toBe(200);
  });

  it('names a port that is taken', async () => {
    const port = Number(new URL(gateway.url).port);
    await expect(
      startGateway({ port, host: '127.0.0.1', services: [], roles, log: () => undefined }),
    ).rejects.toThrow(`received 127.0.0.1:${port}`);
  });

  it('refuses two services of one name', async () => {
    const services = [new EchoStorage(), new EchoStorage()];
    await expect(
      startGateway({ port: 0, host: '127.0.0.1', services, roles, log: () => undefined }),
    ).rejects.toThrow('received s3');
  });

  it('stops at once, though clients keep their connections open', async () => {
    const other = await startGateway({
      port: 0,
      host: '127.0.0.1',
      services: [storage],
      roles,
      log: () => undefined,
    });
    const agent = new http.Agent({ keepAlive: true });
    await new Promise((resolve) =>
      http.get(other.url, { agent }, (answer) => answer.resume().on('end', resolve)),
    );
    const session = http2.connect(other.url);
    await new Promise((resolve) => session.once('connect', resolve));
    const started = performance.now();
    await other.close();
    expect(performance.now() - started).toBeLessThan(1_000);
    await expect(fetch(other.url)).rejects.toThrow();
    session.destroy();
    agent.destroy();
  });
});

function authorizationFor(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=local/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

async function sendSlowly(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1').setNoDelay();
  const answer = new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes) => resolve(bytes.toString())).once('error', reject);
  });
  for (const character of text.slice(0, 8)) {
    socket.write(character);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  socket.write(text.slice(8));
  const received = await answer;
  socket.destroy();
  return received;
}
