import { evaluateFraud } from './evaluate/evaluate-fraud.ts';
import { evaluateTransactions } from './evaluate/evaluate-transactions.ts';
import { runCommand } from './run-command.ts';
import { runSubCommand } from './run-sub-command.ts';

const usage = `npm run evaluate -- <what> [options]

  fraud          the model of the shop's orders, on a later time than it was trained on
  transactions   labelled transactions of a file, by the protocol of the Fraud Detection Handbook

  npm run evaluate -- <what> --help tells the options of each`;

await runCommand(() =>
  runSubCommand(
    usage,
    { fraud: evaluateFraud, transactions: evaluateTransactions },
    process.argv.slice(2),
  ),
);
