import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutants } from '../../cli/simulate-faults/mutants.ts';
import { tryMutants } from '../../cli/simulate-faults/try-mutants.ts';

const root = path.join(import.meta.dirname, '..', '..');

describe('the simulation', () => {
  it.each(mutants.map((mutant) => [mutant.without, mutant] as const))(
    'misses: %s',
    async (_without, mutant) => {
      const [verdict] = await tryMutants([mutant], {
        root,
        seed: 1,
        histories: 3_000,
        workers: 2,
        failuresMax: 1,
        onVerdict: ({ name, histories }) => console.log(`${name}: within ${histories} histories`),
      });
      expect(verdict?.failed).toBeGreaterThan(0);
    },
    300_000,
  );
});
