import { describe, expect, it } from 'vitest';
import { runHistory } from '../../../cli/simulate-faults/history.ts';
import { kinds } from '../../../cli/simulate-faults/plan.ts';

const histories = 40;

describe('runHistory()', () => {
  it.each(kinds)(
    `finds nothing wrong with ${histories} histories of a %s job under faults`,
    async (kind) => {
      const failed: string[] = [];
      for (let seed = 1; seed <= histories; seed += 1) {
        const { violations } = await runHistory(seed, kind);
        if (violations[0] !== undefined) failed.push(`${seed}: ${violations[0]}`);
      }
      expect(failed).toEqual([]);
    },
    120_000,
  );

  it('takes the same course for the same seed', async () => {
    const [first, again] = [await told(7), await told(7)];
    expect(first.length).toBeGreaterThan(200);
    expect(again).toEqual(first);
  });

  it('makes events late, repeats others, and revises what it told', async () => {
    const sum = { late: 0, duplicates: 0, results: 0, revisions: 0 };
    for (let seed = 1; seed <= 10; seed += 1) {
      const { totals } = await runHistory(seed, 'windowed', {
        where: { beyond: 400, lateness: 130 },
      });
      sum.late += totals.late;
      sum.duplicates += totals.duplicates;
      sum.results += totals.results;
      sum.revisions += totals.revisions;
    }
    expect(sum.late).toBeGreaterThan(0);
    expect(sum.duplicates).toBeGreaterThan(0);
    expect(sum.revisions).toBeGreaterThan(sum.results);
  });

  it('notices a world in which two batches of a shard are on their way at once', async () => {
    const { violations } = await runHistory(1, 'windowed', { fault: 'parallelization-factor' });
    expect(violations[0]).toMatch(/^of \d+ records in /);
  });
});

async function told(seed: number): Promise<readonly string[]> {
  const { journal } = await runHistory(seed, 'all', { journal: [] });
  return journal;
}
