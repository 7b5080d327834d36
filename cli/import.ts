import { catalogue } from './import/catalogue.ts';
import { clicks } from './import/clicks.ts';
import type { ImportCommand } from './import/command.ts';
import { orders } from './import/orders.ts';

const usage = `npm run import -- <what> FILE.csv [options]

  catalogue   products, categories and sellers, by their sku
  orders      sales, as history or as live events
  clicks      what people looked at, as history or as live events

  npm run import -- <what> --help tells the options of each`;

const commands: Readonly<Record<string, ImportCommand>> = { catalogue, orders, clicks };

async function run([name = '', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(usage);
    return name === '--help' ? 0 : 2;
  }
  if (args.includes('--help')) {
    console.log(command.usage);
    return 0;
  }
  return await command.run(args);
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
