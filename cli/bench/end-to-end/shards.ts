import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { nameOf } from '../../start/name-of.ts';
import { ClickBench, type ClickRates } from './clicks.ts';
import { clientOptions } from './client-options.ts';

const shardCounts = [1, 2, 4, 8];

/** The same rates of clicks over more and more shards of the stream, split under way. */
export async function benchShards(cloud: LocalCloud, load: ClickRates): Promise<void> {
  const bench = new ClickBench(cloud);
  const print = (line: object): void =>
    console.log(JSON.stringify({ bench: 'end-to-end', part: 'shards', ...line }));
  try {
    for (const shards of shardCounts) {
      await reshard(cloud, shards);
      await bench.warmUp();
      for (const perSecond of load.rates) {
        const line = await bench.measure(perSecond, load);
        print({ shards, ...line });
        if (line.bent) break;
      }
    }
    print(await bench.balance());
  } finally {
    await bench.close();
  }
}

/** UpdateShardCount goes up to the double at once. */
async function reshard(cloud: LocalCloud, shards: number): Promise<void> {
  const StreamName = nameOf(cloud, 'AWS::Kinesis::Stream', 'clickstream');
  const options = { ...clientOptions(cloud.awsUrl), requestHandler: new NodeHttpHandler() };
  const kinesis = new KinesisClient(options);
  const isThere = async (): Promise<boolean> => {
    const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
    const { OpenShardCount, StreamStatus } = answer.StreamDescriptionSummary ?? {};
    return OpenShardCount === shards && StreamStatus === 'ACTIVE';
  };
  try {
    if (await isThere()) return;
    const to = { TargetShardCount: shards, ScalingType: 'UNIFORM_SCALING' } as const;
    await kinesis.send(new UpdateShardCountCommand({ StreamName, ...to }));
    while (!(await isThere())) await sleep(100);
  } finally {
    kinesis.destroy();
  }
}
