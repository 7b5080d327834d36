import { setImmediate as turn } from 'node:timers/promises';
import { createKinesis } from '../../../../infra/local/kinesis/kinesis.ts';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';
import { send } from './direct-call.ts';

/** Puts without end and prints each record's sequence number and text once it is acknowledged. */
const [directory = '', first = '0'] = process.argv.slice(2);
const kinesis = await createKinesis({
  directory,
  streams: [streamResource('crash', { ShardCount: 3 })],
  consumers: [],
  now: Date.now,
  logLimits: { segmentBytesMax: 64 * 1024 },
});
for (let next = Number(first); ; ) {
  const texts = Array.from({ length: 1 + (next % 40) }, () =>
    String(next++).padEnd(next % 900, '.'),
  );
  const { Records } = await send(kinesis, 'PutRecords', {
    StreamName: 'crash',
    Records: texts.map((text) => ({
      PartitionKey: text.slice(0, 20),
      Data: Buffer.from(text).toString('base64'),
    })),
  });
  for (const [index, { ShardId, SequenceNumber }] of Records.entries()) {
    process.stdout.write(`${ShardId} ${SequenceNumber} ${texts[index]}\n`);
  }
  // Lets timers and the disk have their turn, as a server does.
  await turn();
}
