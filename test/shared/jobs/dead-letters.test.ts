import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlayedService } from '../../../infra/local/service.ts';
import { deadLetter, sendDeadLetters } from '../../../shared/jobs/dead-letters.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

let cloud: PlayedCloud;
/** Sizes of the requests, and how many of them have their first entry refused. */
let requests: number[];
let refusals: number;

beforeAll(async () => {
  cloud = await playCloud(refusing);
});
afterAll(() => cloud.close());
beforeEach(() => {
  requests = [];
  refusals = 0;
});

function refusing(service: PlayedService): PlayedService {
  return {
    ...service,
    async handle(call) {
      if (call.operation !== 'SendMessageBatch') return service.handle(call);
      const input = JSON.parse(call.body.toString());
      requests.push(input.Entries.length);
      if (requests.length > refusals) return service.handle(call);
      const [first, ...rest] = input.Entries;
      const answer = { Successful: [] as unknown[], Failed: [] as unknown[] };
      if (rest.length > 0) {
        const body = Buffer.from(JSON.stringify({ ...input, Entries: rest }));
        answer.Successful = JSON.parse(
          (await service.handle({ ...call, body })).body.toString(),
        ).Successful;
      }
      answer.Failed.push({
        Id: first.Id,
        Code: 'InternalError',
        Message: 'no',
        SenderFault: false,
      });
      return { status: 200, body: JSON.stringify(answer) };
    },
  };
}

const from = { stream: 'shop-changes', shard: 'shardId-000000000000' };

function letter(sequenceNumber: string, bytes = 3, reason = 'not JSON') {
  const data = new Uint8Array(bytes).fill(7);
  return deadLetter('statistics', from, { sequenceNumber, arrivalMs: 5, data }, reason);
}

async function send(letters: Parameters<typeof sendDeadLetters>[2]) {
  await sendDeadLetters(cloud.sqs, cloud.queueUrl('dev-dead-letters'), letters);
}

describe('sendDeadLetters()', () => {
  it('sends one message each, in as few requests as there may be', async () => {
    const letters = Array.from({ length: 23 }, (_, index) => letter(String(index)));
    await send(letters);
    expect(requests).toEqual([10, 10, 3]);
    const received = await cloud.drain('dev-dead-letters');
    expect(received).toHaveLength(23);
    expect(received).toEqual(expect.arrayContaining(letters));
    await send([]);
    expect(requests).toHaveLength(3);
  });

  it('sends the largest records, cut to what a message holds', async () => {
    const reason = `total is ${'9'.repeat(500_000)}`;
    await send(Array.from({ length: 10 }, (_, index) => letter(String(index), 1_048_576, reason)));
    expect(requests.length).toBeGreaterThan(1);
    const received = await cloud.drain('dev-dead-letters');
    expect(received).toHaveLength(10);
    expect(received[0]).toMatchObject({ truncated: true, reason: expect.stringMatching(/^total/) });
  });

  it('sends a reason that quotes what SQS takes for no character', async () => {
    const reason = 'quantity is "\uFFFE\uFFFF\u0000😀é\uD800"';
    await send([letter('1', 3, reason)]);
    expect(await cloud.drain('dev-dead-letters')).toEqual([letter('1', 3, reason)]);
  });

  it('sends again only what was refused', async () => {
    refusals = 2;
    await send([letter('1'), letter('2'), letter('3')]);
    expect(requests).toEqual([3, 1, 1]);
    expect(await cloud.drain('dev-dead-letters')).toHaveLength(3);
  });

  it('fails with the reason when the queue takes a letter never', async () => {
    refusals = 100;
    await expect(send([letter('1'), letter('2')])).rejects.toThrow(
      'Cannot send 1 dead letters: InternalError: no',
    );
    await cloud.drain('dev-dead-letters');
  });
});
