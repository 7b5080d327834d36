import { runCommand } from './run-command.ts';
import { runSubCommand } from './run-sub-command.ts';
import { trainFraud } from './train/train-fraud.ts';
import { trainTransactions } from './train/train-transactions.ts';

const usage = `npm run train -- <what> [options]

  fraud          the model of the shop's orders, from the lake and their labels
  transactions   a model of labelled transactions in a file

  npm run train -- <what> --help tells the options of each`;

await runCommand(() =>
  runSubCommand(
    usage,
    { fraud: trainFraud, transactions: trainTransactions },
    process.argv.slice(2),
  ),
);
