import { parseArgs } from 'node:util';
import { check } from './capture/check.ts';
import { migrateSchema } from './capture/migrate.ts';
import { openCaptureTarget } from './capture/open-target.ts';
import { type Outcome, showStatus } from './capture/show-status.ts';
import type { CaptureTarget } from './capture/target.ts';
import { placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';

const usage = `npm run capture -- <command> [--aws [--stage dev]] [--json]

  status    how far the capture is: state, slot, log behind, rows, ticks
  check     sends an insert, an update and a delete through, and tells how long each took
  start     starts the capture, or goes on where it stopped
  stop      stops it; PostgreSQL keeps the log until it goes on
  migrate   drains and stops it, brings the schema up to date, goes on

${placeUsage(13)}
  --json         one JSON document instead of text`;

type Command = (target: CaptureTarget, progress: (line: string) => void) => Promise<Outcome>;

const commands: Readonly<Record<string, Command>> = {
  status: (target) => showStatus(target, Date.now()),
  check: (target) => check(target, `capture check ${crypto.randomUUID()}`, Date.now),
  async start(target) {
    await target.start();
    return await state(target, true);
  },
  async stop(target) {
    await target.stop();
    return await state(target, false);
  },
  migrate: migrateSchema,
};

async function state(target: CaptureTarget, running: boolean): Promise<Outcome> {
  const report = await target.report();
  const text = `The capture of ${target.name} is ${report.state}.`;
  return { healthy: report.running === running, json: report, text };
}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...placeOptions,
      json: { type: 'boolean', default: false },
    },
  });
  const [name = '', ...rest] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (values.help || command === undefined || rest.length > 0) {
    (values.help ? console.log : console.error)(usage);
    return values.help ? 0 : 2;
  }
  const progress = (line: string) => console.error(line);
  const target = await openCaptureTarget(values, progress);
  try {
    const outcome = await command(target, progress);
    console.log(values.json ? JSON.stringify(outcome.json) : outcome.text);
    return outcome.healthy ? 0 : 1;
  } finally {
    await target.close();
  }
}

await runCommand(run);
