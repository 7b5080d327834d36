import { parseArgs } from 'node:util';
import { clearShop } from '../shared/shop/clear.ts';
import { alignedLines } from './aligned-lines.ts';
import { migrateSchema } from './capture/migrate.ts';
import { openCaptureTarget } from './capture/open-target.ts';
import type { Outcome } from './capture/show-status.ts';
import { confirmed } from './confirm.ts';
import { showDatabase } from './db/show-database.ts';
import { type Place, placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';
import { openShopDatabase } from './shop-database.ts';

const usage = `npm run db -- <command> [--aws [--stage dev]] [--json]

  init      brings the schema up to date and sets the users' passwords; fills nothing in
  reset     empties the shop: every row of it is deleted; asks, unless --yes
  status    version of the schema, rows, sizes, last change, how far behind the capture is

  --yes          reset without asking
${placeUsage(13)}
  --json         one JSON document instead of text

A reset is told to the capture row by row: jobs and lake keep what they have learnt. To forget that
too, stop the local cloud and begin anew with npm start -- --fresh.`;

interface Options extends Place {
  readonly yes: boolean;
}

type Command = (options: Options) => Promise<Outcome>;

const commands: Readonly<Record<string, Command>> = { init, reset, status };

async function init(options: Options): Promise<Outcome> {
  const progress = (line: string) => console.error(line);
  const target = await openCaptureTarget(options, progress);
  try {
    return await migrateSchema(target, progress);
  } finally {
    await target.close();
  }
}

async function reset(options: Options): Promise<Outcome> {
  const { db, name, close } = await openShopDatabase(options);
  try {
    if (!options.yes && !(await confirmed(`Empty the shop of ${name}, all of it?`))) {
      return { healthy: false, json: { deleted: null }, text: `The shop of ${name} is as it was.` };
    }
    const deleted = await clearShop(db, 'all');
    const rows = Object.entries(deleted).map(([table, count]) => [
      table,
      count.toLocaleString('en'),
    ]);
    const text = `Deleted from the shop of ${name}:\n${alignedLines(rows)}\nFill it with npm run generate, or with npm run import.`;
    return { healthy: true, json: { deleted }, text };
  } finally {
    await close();
  }
}

async function status(options: Options): Promise<Outcome> {
  const database = await openShopDatabase(options);
  try {
    return await showDatabase(database, Date.now());
  } finally {
    await database.close();
  }
}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', default: false },
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
  const outcome = await command(values);
  console.log(values.json ? JSON.stringify(outcome.json) : outcome.text);
  return outcome.healthy ? 0 : 1;
}

await runCommand(run);
