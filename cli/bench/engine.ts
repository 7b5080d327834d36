import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runCase } from './engine/run-case.ts';

const caseSchema = z.object({
  record: z.enum(['click', 'order']),
  job: z.enum(['tumbling', 'sliding', 'session', 'keyed', 'entities']),
  keys: z.int().min(1),
  batch: z.int().min(1),
  shards: z.int().min(1),
  events: z.int().min(1),
});
type EngineCase = z.output<typeof caseSchema>;

const lineSchema = z.looseObject({
  eventsPerSecond: z.number(),
  cpuSecondsPerMillionEvents: z.number(),
});

const loads = [
  { job: 'tumbling', keys: 10_000 },
  { job: 'sliding', keys: 10_000 },
  { job: 'sliding', keys: 100_000 },
  { job: 'session', keys: 100_000 },
  { job: 'keyed', keys: 10_000 },
  { job: 'entities', keys: 10_000 },
] as const;
const shardCounts = [1, 2, 4, 8];

/**
 * Measures the engine alone on one core: from base64 records in the event of a mapping to committed
 * deltas, in a store in memory that waits for nothing; beside it, in turns, plain base64 and
 * `JSON.parse` of the same records. Each case runs in a process of its own and prints one line of
 * JSON; then come lines for several shards, in as many processes as there are cores.
 */
export async function benchEngine(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: 'string' },
      records: { type: 'string', default: 'click,order' },
      jobs: { type: 'string', default: 'tumbling,sliding,session,keyed,entities' },
      batches: { type: 'string', default: '100,1000,10000' },
      events: { type: 'string', default: '200000' },
    },
  });
  if (values.case !== undefined) {
    console.log(JSON.stringify(await runCase(caseSchema.parse(JSON.parse(values.case)))));
    return;
  }
  const events = Number(values.events);
  const jobs = values.jobs.split(',');
  for (const record of values.records.split(',')) {
    for (const load of loads.filter(({ job }) => jobs.includes(job))) {
      for (const batch of values.batches.split(',').map(Number)) {
        const shape = caseSchema.parse({ record, ...load, batch, shards: 1, events });
        console.log(await inChild(shape));
      }
    }
  }
  for (const job of (['tumbling', 'sliding'] as const).filter((each) => jobs.includes(each))) {
    for (const shards of shardCounts) console.log(await overShards(job, shards, events));
  }
}

/** The same load over several shards, dealt to as many processes as there are cores, at once. */
async function overShards(job: EngineCase['job'], shards: number, events: number): Promise<string> {
  const processes = Math.min(shards, availableParallelism());
  const shape: EngineCase = {
    record: 'order',
    job,
    keys: 10_000,
    batch: 1_000,
    shards: shards / processes,
    events,
  };
  const printed = await Promise.all(Array.from({ length: processes }, () => inChild(shape)));
  const lines = printed.map((line) => lineSchema.parse(JSON.parse(line)));
  const sum = (of: (line: z.output<typeof lineSchema>) => number) =>
    lines.reduce((total, line) => total + of(line), 0);
  return JSON.stringify({
    bench: 'engine-shards',
    record: shape.record,
    job,
    keys: shape.keys,
    batch: shape.batch,
    shards,
    processes,
    eventsPerSecond: sum((line) => line.eventsPerSecond),
    cpuSecondsPerMillionEvents:
      Math.round((sum((line) => line.cpuSecondsPerMillionEvents) / processes) * 100) / 100,
  });
}

async function inChild(shape: EngineCase): Promise<string> {
  const flags = ['--expose-gc', '--single-threaded-gc', '--disable-warning=ExperimentalWarning'];
  const bench = path.resolve(import.meta.dirname, '../bench.ts');
  const args = [...flags, bench, 'engine', '--case', JSON.stringify(shape)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [line, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) throw new Error(`Cannot measure ${JSON.stringify(shape)}: it ended with ${code}`);
  return line.trim();
}
