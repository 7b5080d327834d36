import type { DeclaredJob } from '../shared/jobs/declared-job.ts';
import { readGenerations } from '../shared/jobs/generations.ts';
import { readJobRow } from '../shared/stream/state/operate.ts';
import { connectJobsCloud, type JobsCloud } from './jobs/cloud.ts';
import { findJob } from './jobs/declared-jobs.ts';
import type { RunReport } from './jobs/run-report.ts';
import { type Comparison, compareGenerations, comparisonText } from './replay/compare.ts';
import {
  beginGeneration,
  chooseGeneration,
  dropGeneration,
  swapGeneration,
} from './replay/generations.ts';
import { type Beginning, parseReplayOptions, type ReplayOptions, usage } from './replay/options.ts';
import { replayLake, requireLake } from './replay/replay-lake.ts';
import { helpAlong } from './replay/replay-stream.ts';

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const options = parseReplayOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  findJob(options.job);
  const cloud = await connectJobsCloud(options);
  try {
    return await replay(cloud, options);
  } finally {
    cloud.close();
  }
}

/** @returns 1 when the generations were compared and do not agree. */
async function replay(cloud: JobsCloud, options: ReplayOptions): Promise<number> {
  const { beginning, json } = options;
  const job = findJob(options.job);
  const say = (line: string): void => console.error(line);
  const done: Record<string, unknown> = { job: job.name };
  let generation: number;
  if (beginning?.kind === 'lake') requireLake(job);
  if (beginning) {
    generation = await beginGeneration(cloud, job, options.generation, beginning);
    say(`Generation ${generation} of ${job.name} has begun on ${cloud.name}.`);
  } else {
    generation = await chooseGeneration(cloud, job, options.generation);
  }
  done['generation'] = generation;
  if (beginning?.kind === 'lake') {
    try {
      done['replayed'] = await replayLake(cloud, job, generation, beginning, say);
    } catch (error) {
      say(`Generation ${generation} stays as far as it got; --drop ends it.`);
      throw error;
    }
  } else if (options.wait) {
    await helpAlong(cloud, job, generation, (report) => say(progressLine(report)));
  } else if (beginning) {
    say('Its function lets it catch up; npm run jobs -- list shows how far it is.');
  }
  let agrees = true;
  if (options.compare || options.wait || beginning?.kind === 'lake') {
    const comparison = await compareWithLive(cloud, job, generation, beginning);
    const { different, missing, extra } = comparison;
    agrees = different.length + missing.length + extra.length === 0;
    done['comparison'] = comparison;
    if (!json) console.log(comparisonText(comparison));
  }
  if (options.swap) {
    const generations = await swapGeneration(cloud, job, generation);
    done['generations'] = generations;
    if (!json) {
      console.log(
        `Generation ${generation} of ${job.name} is live; beside it: ${generations.shadows.join(', ')}. The way back is --swap, the end --drop.`,
      );
    }
  }
  if (options.drop) {
    await dropGeneration(cloud, job, generation);
    done['dropped'] = true;
    if (!json) console.log(`Generation ${generation} of ${job.name} is no more.`);
  }
  if (json) console.log(JSON.stringify(done));
  return agrees ? 0 : 1;
}

async function compareWithLive(
  { store }: JobsCloud,
  job: DeclaredJob,
  generation: number,
  beginning: Beginning | undefined,
): Promise<Comparison> {
  const { live, histories } = await readGenerations(store, job);
  const other = { name: job.name, generation };
  return compareGenerations(store, {
    live: { name: job.name, generation: live },
    other,
    fromMs: (await readJobRow(store, other))?.fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: beginning?.kind === 'lake' ? beginning.untilMs : undefined,
    isHistory: histories.includes(generation),
  });
}

function progressLine({ generation, counts, shards, shardsBehind, lagMs }: RunReport): string {
  const lag = lagMs === null ? 'no watermark yet' : `${(lagMs / 1000).toFixed(1)} s behind now`;
  return `generation ${generation}: ${counts.counted.toLocaleString('en')} events counted, ${shardsBehind} of ${shards} shards behind, ${lag}`;
}
