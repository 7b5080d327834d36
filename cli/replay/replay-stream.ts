import { setTimeout as sleep } from 'node:timers/promises';
import { BesideOutlet } from '../../shared/jobs/beside-outlet.ts';
import { catchUp } from '../../shared/jobs/catch-up.ts';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { readGenerations } from '../../shared/jobs/generations.ts';
import { historyShard, shardsOfRun } from '../../shared/jobs/run-shards.ts';
import { Closer } from '../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../shared/stream/commit/commit.ts';
import { NotYetError } from '../../shared/stream/errors.ts';
import type { Job } from '../../shared/stream/job.ts';
import { newJobRow } from '../../shared/stream/state/control.ts';
import { readJobRow } from '../../shared/stream/state/operate.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { type RunReport, reportRun } from '../jobs/run-report.ts';

/** Between two pages, on AWS: a shard gives five reads a second to all its readers. */
const readEveryMs = 500;
const roundMs = 2_000;
const pauseMs = 500;

/**
 * Helps a generation along until it stands where the live one stood when this began. The functions
 * that run the job do the same meanwhile: the fence lets each record have its effect once.
 *
 * @param progress told after every round.
 */
export async function helpAlong(
  cloud: JobsCloud,
  declared: DeclaredJob,
  generation: number,
  progress: (report: RunReport) => void,
): Promise<void> {
  const { store, now } = cloud;
  const { name } = declared;
  const run = { name, generation };
  const { live } = await readGenerations(store, declared);
  const goal = await reportRun(store, { name, generation: live }, 'live', now());
  const round = declared.open((job) => rounds(cloud, declared, { ...job, generation }));
  for (;;) {
    const listed = await round();
    const report = await reportRun(store, run, 'beside', now());
    progress(report);
    if (report.status !== 'running') {
      throw new RangeError(
        `Cannot replay ${name}: generation ${generation} does not run: received "${report.status}", ${report.reason}`,
      );
    }
    const isThere = (report.watermarkMs ?? 0) >= (goal.watermarkMs ?? 0);
    if (report.shards >= listed && report.shardsBehind === 0 && isThere) return;
    await sleep(pauseMs);
  }
}

/**
 * A function that reads every shard on for a while, parents first, then moves time on; it answers
 * how many shards there are.
 */
function rounds<Event>(
  cloud: JobsCloud,
  declared: DeclaredJob,
  job: Job<Event>,
): () => Promise<number> {
  const { store, now } = cloud;
  let row = newJobRow;
  const shards = shardsOfRun(cloud.url === undefined ? paced(cloud) : cloud.shards, () => row);
  const parts = { ...cloud, shards };
  const committers = new Map<string, ShardCommitter<Event>>();
  const closer = new Closer(job, parts);
  const outlet = new BesideOutlet(job, declared, cloud);

  return async () => {
    row = (await readJobRow(store, job)) ?? newJobRow;
    let listed = 0;
    for (const source of job.sources) {
      for (const { shard } of await shards.list(source.stream)) {
        if (shard === historyShard) continue;
        listed += 1;
        const from = { stream: source.stream, shard };
        const name = `${from.stream}/${shard}`;
        const committer = committers.get(name) ?? new ShardCommitter(job, from, parts);
        committers.set(name, committer);
        const deadlineMs = now() + roundMs;
        const goesOn = (): boolean => now() < deadlineMs;
        const onCommit = outlet.publish.bind(outlet, job);
        try {
          await catchUp({
            ...{ from, source, committer, shards, goesOn },
            onCommit: ({ emissions }) => onCommit(emissions),
          });
        } catch (error) {
          // Its parents come first; the next round goes on with them.
          if (!(error instanceof NotYetError)) throw error;
        }
      }
    }
    const { emissions, doneMs, failure } = await closer.close();
    await outlet.publish(job, emissions);
    if (failure) throw failure;
    for (const committer of committers.values()) committer.forget(doneMs);
    return listed;
  };
}

/** When a shard may be read next, by any job of this command. */
const freeAtMs = new WeakMap<JobsCloud['store'], Map<string, number>>();

function paced({ shards, store, now }: JobsCloud): JobsCloud['shards'] {
  const ofCloud = freeAtMs.get(store) ?? new Map<string, number>();
  freeAtMs.set(store, ofCloud);
  return {
    list: (stream, including) => shards.list(stream, including),
    isReadToEnd: (stream, shard, after) => shards.isReadToEnd(stream, shard, after),
    async read(stream, shard, after, fromMs) {
      const name = `${stream}/${shard}`;
      const atMs = Math.max(now(), ofCloud.get(name) ?? 0);
      ofCloud.set(name, atMs + readEveryMs);
      await sleep(atMs - now());
      return shards.read(stream, shard, after, fromMs);
    },
  };
}
