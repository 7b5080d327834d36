import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeStreamSummaryCommand, UpdateShardCountCommand } from '@aws-sdk/client-kinesis';
import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { ClickBench, type ClickRates } from './clicks.ts';

const shardCounts = [1, 2, 4, 8];

/** The same rates of clicks over more and more shards of the stream, split under way. */
export async function benchShards(cloud: LocalCloud, load: ClickRates): Promise<void> {
  const bench = new ClickBench(cloud);
  try {
    for (const shards of shardCounts) {
      await reshard(bench, shards);
      await bench.warmUp();
      for (const perSecond of load.rates) {
        const line = await bench.measure(perSecond, load.seconds, load.resultMsMax);
        console.log(JSON.stringify({ bench: 'end-to-end', part: 'shards', shards, ...line }));
        if (line.bent) break;
      }
    }
    const balance = await bench.balance();
    console.log(JSON.stringify({ bench: 'end-to-end', part: 'shards', ...balance }));
    if (balance.lost + balance.doubled > 0) process.exitCode = 1;
  } finally {
    await bench.close();
  }
}

/** UpdateShardCount goes up to the double at once. */
async function reshard({ kinesis, stream }: ClickBench, shards: number): Promise<void> {
  const summary = async () => {
    const input = { StreamName: stream };
    const answer = await kinesis.send(new DescribeStreamSummaryCommand(input));
    return answer.StreamDescriptionSummary;
  };
  if ((await summary())?.OpenShardCount === shards) return;
  await kinesis.send(
    new UpdateShardCountCommand({
      StreamName: stream,
      TargetShardCount: shards,
      ScalingType: 'UNIFORM_SCALING',
    }),
  );
  for (;;) {
    const now = await summary();
    if (now?.OpenShardCount === shards && now.StreamStatus === 'ACTIVE') return;
    await sleep(100);
  }
}
