import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { measuredJobs, runJob } from './jobs/run-job.ts';

const caseSchema = z.object({
  job: z.string(),
  keys: z.int().min(1),
  shards: z.int().min(1),
  records: z.int().min(1),
});
type JobCase = z.output<typeof caseSchema>;

const lineSchema = z.looseObject({
  cpuSecondsPerMillionEvents: z.number(),
  stateBytesPerMillionEvents: z.number(),
  writeUnitsPerMillionEvents: z.number(),
});

const few = 1_000;
const many = 100_000;
const shardsMax = 8;
/** Panes take many events at once; rows of keys are what a record costs, however many come. */
const recordsOf = { panes: 110_000, rows: 20_000 } as const;

/**
 * Measures each job of the statistics, and the features of sales, alone on one core, in a store in
 * memory that waits for nothing, each case in a process of its own: with a thousand and a hundred
 * thousand products and visitors, with one shard of each stream and with eight. One line of JSON
 * each, then one that says by how much it grew.
 */
export async function benchJobs(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { case: { type: 'string' }, jobs: { type: 'string' } },
  });
  if (values.case !== undefined) {
    console.log(JSON.stringify(await runJob(caseSchema.parse(JSON.parse(values.case)))));
    return;
  }
  const wanted = values.jobs?.split(',');
  for (const { name: job, work } of measuredJobs()) {
    if (wanted && !wanted.includes(job)) continue;
    const records = recordsOf[work];
    const base = await measure({ job, keys: few, shards: 1, records });
    const wide = await measure({ job, keys: many, shards: 1, records });
    const sharded = await measure({ job, keys: few, shards: shardsMax, records });
    const grown = { keys: [few, many], ...growthOf(base, wide) };
    const spread = { shards: [1, shardsMax], ...growthOf(base, sharded) };
    console.log(JSON.stringify({ bench: 'jobs-growth', job, byKeys: grown, byShards: spread }));
  }
}

/** How many times as much each record costs. */
function growthOf(from: z.output<typeof lineSchema>, to: z.output<typeof lineSchema>) {
  const times = (of: (line: z.output<typeof lineSchema>) => number) =>
    Math.round((of(to) / of(from)) * 100) / 100;
  return {
    cpu: times((line) => line.cpuSecondsPerMillionEvents),
    stateBytes: times((line) => line.stateBytesPerMillionEvents),
    writeUnits: times((line) => line.writeUnitsPerMillionEvents),
  };
}

async function measure(shape: JobCase): Promise<z.output<typeof lineSchema>> {
  const flags = ['--expose-gc', '--single-threaded-gc', '--disable-warning=ExperimentalWarning'];
  const bench = path.resolve(import.meta.dirname, '../bench.ts');
  const args = [...flags, bench, 'jobs', '--case', JSON.stringify(shape)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [line, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) throw new Error(`Cannot measure ${JSON.stringify(shape)}: it ended with ${code}`);
  console.log(line.trim());
  return lineSchema.parse(JSON.parse(line));
}
