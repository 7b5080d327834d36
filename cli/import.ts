import { catalogue } from './import/catalogue.ts';
import { clicks } from './import/clicks.ts';
import type { ImportCommand } from './import/command.ts';
import { orders } from './import/orders.ts';
import { runCommand } from './run-command.ts';

const usage = `npm run import -- <what> FILE.csv [options]

  catalogue   products, categories and sellers, by their sku
  orders      sales, as history or as live events
  clicks      what people looked at, as history or as live events

  npm run import -- <what> --help tells the options of each`;

const commands: Readonly<Record<string, ImportCommand>> = { catalogue, orders, clicks };

const isHelp = (argument: string): boolean => argument === '--help' || argument === '-h';

async function run([name = '', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    (isHelp(name) ? console.log : console.error)(usage);
    return isHelp(name) ? 0 : 2;
  }
  if (args.some(isHelp)) {
    console.log(command.usage);
    return 0;
  }
  return await command.run(args);
}

await runCommand(() => run(process.argv.slice(2)));
