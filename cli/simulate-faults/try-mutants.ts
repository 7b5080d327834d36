import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { withMutant } from './mutate.ts';
import { runHistories } from './run-histories.ts';
import type { WorldFault } from './world.ts';

/** In how many histories a lost safeguard showed. */
export interface Verdict {
  readonly name: string;
  readonly without: string;
  readonly kind: string;
  readonly histories: number;
  readonly failed: number;
  /** What was violated most often, without its figures. */
  readonly example: string | undefined;
}

/** How to try mutants. */
export interface Trial {
  readonly root: string;
  readonly seed: number;
  /** At most so many histories per mutant. */
  readonly histories: number;
  readonly workers: number;
  /** A mutant is done with when so many histories have failed; undefined: all are run. */
  readonly failuresMax?: number | undefined;
  readonly onVerdict: (verdict: Verdict) => void;
}

/** The mutants of these names, or all. */
export function mutantsNamed(names: readonly string[]): readonly Mutant[] {
  const unknown = names.find((name) => !mutants.some((mutant) => mutant.name === name));
  if (unknown !== undefined) {
    const known = mutants.map(({ name }) => name).join(', ');
    throw new RangeError(
      `Cannot take a safeguard away: its name must be one of ${known}: received ${unknown}`,
    );
  }
  return names.length === 0 ? mutants : mutants.filter(({ name }) => names.includes(name));
}

/** Runs histories without one safeguard after the other. */
export async function tryMutants(
  some: readonly Mutant[],
  trial: Trial,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const mutant of some) {
    const verdict = await inMutatedTree(trial.root, mutant, (root, fault) =>
      tryOne(mutant, root, fault, trial),
    );
    trial.onVerdict(verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

/** Gives the folder where a mutant lives, and what the world does wrong. */
export function inMutatedTree<Result>(
  root: string,
  { by }: Mutant,
  use: (root: string, fault: WorldFault | undefined) => Promise<Result>,
): Promise<Result> {
  if (typeof by === 'string') return use(root, by);
  return withMutant(root, by, (mutated) => use(mutated, undefined));
}

async function tryOne(
  { name, without, kind, where }: Mutant,
  root: string,
  fault: WorldFault | undefined,
  { seed, histories, workers, failuresMax }: Trial,
): Promise<Verdict> {
  const outcomes = await runHistories({
    root,
    fault,
    where,
    kind,
    seed,
    histories,
    workers,
    ...(failuresMax !== undefined && { failuresMax }),
  });
  const said = outcomes.flatMap(({ violations }) => violations[0] ?? []);
  const byText = Map.groupBy(said, (text) => text.replace(/-?\d+/g, 'N').slice(0, 90));
  const [most] = [...byText].sort(([, a], [, b]) => b.length - a.length);
  return {
    name,
    without,
    kind,
    histories: outcomes.length,
    failed: said.length,
    example: most?.[0],
  };
}
