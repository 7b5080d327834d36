import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { trainTrees } from '../../cli/train/train-trees.ts';
import { xgboostModel } from '../../cli/train/write-xgboost-model.ts';
import { readXgboostModel, type TreeEnsemble } from '../../shared/model/tree-ensemble.ts';
import { madeUpRows } from '../cli/train/made-up-rows.ts';

const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import xgboost']).status === 0,
);
const answersSchema = z.object({
  scores: z.array(z.number()),
  contributions: z.array(z.array(z.number())),
});
const outputSchema = z.object({
  ours: answersSchema.extend({ review_threshold: z.string() }),
  theirs: answersSchema,
});

if (python === undefined) {
  console.warn('Skipped: XGBoost itself needs Python 3 with xgboost (Debian: python3-xgboost)');
  it.skip('XGBoost itself: needs Python 3 with xgboost (Debian: python3-xgboost)');
} else {
  describe('XGBoost', () => {
    const training = madeUpRows(3_000, 1);
    const { names, columns, labels } = madeUpRows(500, 2);
    const rows = Array.from(labels, (_, row) =>
      columns.map((column) => (Number.isNaN(column[row]!) ? null : column[row]!)),
    );
    const vectors = rows.map((row) =>
      Object.fromEntries(names.map((name, index) => [name, row[index]])),
    );
    const model = xgboostModel(trainTrees(training, { rounds: 40 }), { review_threshold: '0.25' });
    const folder = mkdtempSync(join(tmpdir(), 'xgboost-'));
    const file = join(folder, 'theirs.json');
    const answered = spawnSync(python, [new URL('./xgboost/answer.py', import.meta.url).pathname], {
      input: JSON.stringify({ model, names, rows, labels: [...labels], file }),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (answered.status !== 0) throw new Error(answered.stderr);
    const output = outputSchema.parse(JSON.parse(answered.stdout));
    const theirs = readXgboostModel(JSON.parse(readFileSync(file, 'utf8')));
    rmSync(folder, { recursive: true });

    it('loads a file of ours, scores rows as we do, and gives the same reasons', () => {
      expectSame(readXgboostModel(JSON.parse(model)), output.ours);
      expect(output.ours.review_threshold).toBe('0.25');
    });

    it('writes a file that we score with as it does, for the same reasons', () => {
      expectSame(theirs, output.theirs);
    });

    function expectSame(ensemble: TreeEnsemble, answers: z.infer<typeof answersSchema>): void {
      vectors.forEach((vector, row) => {
        expect(ensemble.score(vector)).toBeCloseTo(answers.scores[row]!, 5);
        const shares = ensemble.contributions(vector);
        names.forEach((name, feature) => {
          expect(shares.get(name)).toBeCloseTo(answers.contributions[row]![feature]!, 4);
        });
      });
    }
  });
}
