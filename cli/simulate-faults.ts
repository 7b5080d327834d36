import path from 'node:path';
import { parseArgs } from 'node:util';
import { numberOption } from './options/number-option.ts';
import { runCommand } from './run-command.ts';
import type { Outcome, Totals } from './simulate-faults/history.ts';
import { type Kind, kinds, type Plan } from './simulate-faults/plan.ts';
import { runHistories } from './simulate-faults/run-histories.ts';
import { inMutatedTree, mutantsNamed, tryMutants } from './simulate-faults/try-mutants.ts';
import type { WorldFault } from './simulate-faults/world.ts';

const usage = `Runs the stream engine through made-up histories full of faults, and checks every one.

npm run simulate-faults -- [--histories 10000] [--seed 1] [--kind all] [--json]
npm run simulate-faults -- --without fence [--histories 200]
npm run simulate-faults -- --mutants [--histories 400] [--until-caught]

  --histories     how many (1000)
  --seed          of the first; --seed 17 --histories 1 runs that history again
  --kind          ${kinds.join(', ')} or all
  --journal       prints what happened in every history, not only in one that fails
  --without       takes one safeguard of the engine away first
  --mutants       takes each safeguard away in turn: every one must be missed
  --until-caught  goes on to the next safeguard once it was missed
  --workers       threads (2)
  --json          one line of JSON instead of text`;

const root = path.dirname(import.meta.dirname);
const options = {
  histories: { type: 'string' },
  seed: { type: 'string', default: '1' },
  kind: { type: 'string' },
  journal: { type: 'boolean', default: false },
  without: { type: 'string' },
  mutants: { type: 'boolean', default: false },
  'until-caught': { type: 'boolean', default: false },
  workers: { type: 'string', default: '2' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

interface Wish {
  readonly seed: number;
  readonly histories: number;
  readonly workers: number;
  readonly journal: boolean;
  readonly json: boolean;
}

/** What histories run on: which sources, and what the world does. */
interface Ground {
  readonly from: string;
  readonly fault?: WorldFault | undefined;
  readonly where?: Partial<Plan> | undefined;
}

function wholeNumber(name: string, text: string): number {
  return numberOption('simulate faults', `--${name}`, text, { min: 1, isWhole: true });
}

function kindOf(text: string): Kind | 'all' {
  const kind = text === 'all' ? text : kinds.find((one) => one === text);
  if (kind) return kind;
  throw new RangeError(
    `Cannot simulate faults: --kind must be all or one of ${kinds.join(', ')}: received "${text}"`,
  );
}

/** Runs histories, says how it goes, and shows the first that fails. */
async function simulate(
  wish: Wish,
  kind: Kind | 'all',
  { from, fault, where }: Ground,
): Promise<boolean> {
  const startedAt = performance.now();
  const totals: Record<keyof Totals, number> = {
    events: 0,
    results: 0,
    revisions: 0,
    duplicates: 0,
    late: 0,
    steps: 0,
  };
  let done = 0;
  let saidAt = startedAt;
  const perSecond = (): number => Math.round((done / (performance.now() - startedAt)) * 1_000);
  const outcomes = await runHistories({
    ...wish,
    kind,
    fault,
    where,
    root: from,
    withJournal: wish.journal,
    onOutcomes: (some) => {
      for (const one of some) {
        done += 1;
        totals.events += one.totals.events;
        totals.results += one.totals.results;
        totals.revisions += one.totals.revisions;
        totals.duplicates += one.totals.duplicates;
        totals.late += one.totals.late;
        totals.steps += one.totals.steps;
      }
      if (performance.now() - saidAt < 5_000) return;
      saidAt = performance.now();
      console.error(`${done} of ${wish.histories} histories, ${perSecond()} a second`);
    },
  });
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  const figures = { histories: done, perSecond: perSecond(), ...totals, failed: failed.length };
  if (wish.journal) for (const { journal } of outcomes) console.log(journal.join('\n'));
  if (wish.json) {
    console.log(JSON.stringify({ ...figures, failures: failed.slice(0, 20).map(shortly) }));
  } else {
    console.log(
      `${done} histories, ${figures.perSecond} a second: ${totals.events} events, ${totals.results} results, ${totals.revisions} revisions, ${totals.duplicates} duplicates, ${totals.late} late`,
    );
    for (const { seed, violations } of failed.slice(0, 20))
      console.log(`${seed}: ${violations[0]}`);
    console.log(failed.length === 0 ? 'No violation.' : `${failed.length} histories failed.`);
  }
  const [first] = failed;
  if (first && !wish.journal && !wish.json) await show(first, wish, { from, fault, where });
  return failed.length === 0;
}

function shortly({ seed, kind, violations }: Outcome) {
  return { seed, kind, violation: violations[0] };
}

async function show(
  { seed, kind }: Outcome,
  wish: Wish,
  { from, fault, where }: Ground,
): Promise<void> {
  console.log(`\nThe history of seed ${seed}, ${kind}: time, who, what`);
  const one = { ...wish, seed, histories: 1, kind, fault, where, root: from, withJournal: true };
  for (const { journal } of await runHistories(one)) console.log(journal.join('\n'));
}

/** Takes safeguards away, one after the other. */
async function prove(wish: Wish, failuresMax: number | undefined): Promise<boolean> {
  const verdicts = await tryMutants(mutantsNamed([]), {
    ...wish,
    root,
    failuresMax,
    onVerdict: ({ name, failed, histories, without, example }) => {
      if (wish.json) return;
      const share = `${String(failed).padStart(5)} of ${String(histories).padEnd(5)}`;
      console.log(
        `${share} ${name.padEnd(23)} ${without}\n${' '.repeat(16)}${example ?? 'NOT CAUGHT'}`,
      );
    },
  });
  if (wish.json) console.log(JSON.stringify(verdicts));
  const missed = verdicts.filter(({ failed }) => failed === 0);
  for (const { name } of missed) console.error(`Nothing failed without ${name}.`);
  return missed.length === 0;
}

async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) {
    console.log(usage);
    return true;
  }
  const wish: Wish = {
    seed: wholeNumber('seed', values.seed),
    histories: wholeNumber('histories', values.histories ?? (values.mutants ? '400' : '1000')),
    workers: wholeNumber('workers', values.workers),
    journal: values.journal,
    json: values.json,
  };
  if (values.mutants) return prove(wish, values['until-caught'] ? 1 : undefined);
  const [mutant] = values.without === undefined ? [] : mutantsNamed([values.without]);
  if (!mutant) return simulate(wish, kindOf(values.kind ?? 'all'), { from: root });
  const kind = values.kind === undefined ? mutant.kind : kindOf(values.kind);
  const { where } = mutant;
  return inMutatedTree(root, mutant, (from, fault) => simulate(wish, kind, { from, fault, where }));
}

await runCommand(async () => ((await run(process.argv.slice(2))) ? 0 : 1));
