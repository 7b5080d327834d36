import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createKinesis,
  type KinesisOptions,
  type KinesisService,
} from '../../../../infra/local/kinesis/kinesis.ts';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';
import { send } from './direct-call.ts';

export const stream = 'dev-shop-changes';
export const firstShard = 'shardId-000000000000';
export const everything = { limit: 10_000, bytesMax: 10 * 1024 * 1024 };

/** Kinesis in a folder of its own, opened and closed as often as a test likes, with a clock to turn. */
export interface KinesisRig {
  readonly directory: string;
  nowMs: number;
  readonly warnings: string[];
  open(options?: Partial<KinesisOptions>): Promise<KinesisService>;
  close(kinesis: KinesisService): Promise<void>;
  remove(): Promise<void>;
}

export async function kinesisRig(): Promise<KinesisRig> {
  const opened = new Set<KinesisService>();
  const rig: KinesisRig = {
    directory: await mkdtemp(join(tmpdir(), 'kinesis-')),
    nowMs: 1_763_700_000_000,
    warnings: [],
    async open(options = {}) {
      const kinesis = await createKinesis({
        directory: rig.directory,
        streams: [streamResource(stream)],
        consumers: [],
        now: () => rig.nowMs,
        warn: (message) => rig.warnings.push(message),
        ...options,
      });
      opened.add(kinesis);
      return kinesis;
    },
    async close(kinesis) {
      opened.delete(kinesis);
      await kinesis.close();
    },
    async remove() {
      await Promise.all([...opened].map((kinesis) => kinesis.close()));
      await rm(rig.directory, { recursive: true });
    },
  };
  return rig;
}

/** Puts each text under a key of its own; the sequence numbers. */
export async function put(kinesis: KinesisService, ...texts: string[]): Promise<string[]> {
  const Records = texts.map((text) => ({ PartitionKey: text, Data: base64(text) }));
  const answer = await send(kinesis, 'PutRecords', { StreamName: stream, Records });
  if (answer.FailedRecordCount !== 0) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer.Records.map(({ SequenceNumber }: { SequenceNumber: string }) => SequenceNumber);
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What a shard holds behind a sequence number. */
export function texts(kinesis: KinesisService, after?: string, shardId = firstShard): string[] {
  const { records } = kinesis.read(stream, shardId, after, everything);
  return records.map(({ data }) => data.toString());
}
