import { catalogue } from './import/catalogue.ts';
import { clicks } from './import/clicks.ts';
import { orders } from './import/orders.ts';
import { runCommand } from './run-command.ts';
import { runSubCommand } from './run-sub-command.ts';

const usage = `npm run import -- <what> FILE.csv [options]

  catalogue   products, categories and sellers, by their sku
  orders      sales, as history or as live events
  clicks      what people looked at, as history or as live events

  npm run import -- <what> --help tells the options of each`;

await runCommand(() => runSubCommand(usage, { catalogue, orders, clicks }, process.argv.slice(2)));
