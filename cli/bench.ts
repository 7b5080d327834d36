import { failureText } from './failure-text.ts';

interface Bench {
  readonly about: string;
  readonly load: () => Promise<(args: readonly string[]) => Promise<void>>;
}

/**
 * Each prints JSON lines: what was measured, where it bends. Loaded when asked for: the memory of
 * one bench is not to hold the parts of another.
 */
const benches: Readonly<Record<string, Bench>> = {
  'end-to-end': {
    about:
      'orders, clicks and row changes to alerts and results; --parts, --rates, --seconds, --alert-share',
    load: async () => (await import('./bench/end-to-end.ts')).benchEndToEnd,
  },
  api: {
    about: 'the shop API beside a bare server; --clients, --seconds, --rounds',
    load: async () => (await import('./bench/api.ts')).benchApi,
  },
  fraud: {
    about:
      'from commit to alert and case, what a checkout waits; --parts, --rates, --seconds, --alert-share',
    load: async () => (await import('./bench/fraud.ts')).benchFraud,
  },
  jobs: {
    about: 'each job of the statistics, as keys and shards grow; --jobs',
    load: async () => (await import('./bench/jobs.ts')).benchJobs,
  },
  engine: {
    about: 'the stream engine alone; --records, --jobs, --batches, --events',
    load: async () => (await import('./bench/engine.ts')).benchEngine,
  },
};

const usage = `npm run bench -- <what> [options]

${Object.entries(benches)
  .map(([name, { about }]) => `  ${name.padEnd(10)}  ${about}`)
  .join('\n')}

Each prints JSON lines.`;

const [name = '', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
const isHelp = [name, ...args].some((argument) => argument === '--help' || argument === '-h');
if (isHelp || bench === undefined) {
  (isHelp ? console.log : console.error)(usage);
  process.exit(isHelp ? 0 : 2);
}
try {
  await (await bench.load())(args);
} catch (error) {
  console.error(failureText(error));
  process.exit(1);
}
