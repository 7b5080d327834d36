import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { evaluateTransactions } from '../../../cli/evaluate/evaluate-transactions.ts';
import { drawTransactions } from '../../../cli/generate/draw-transactions.ts';
import { csvOf } from '../../../cli/generate/transactions.ts';
import { trainTransactions } from '../../../cli/train/train-transactions.ts';
import { createRandom } from '../../../shared/random/random.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'transactions-'));
  file = path.join(folder, 'small.csv');
  // As many broken terminals a day as a large set has, among few: there is something to find.
  const plan = { customers: 150, terminals: 400, days: 55 };
  await writeFile(file, [...csvOf(drawTransactions(plan, createRandom(5)))].join(''));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const reportSchema = z.object({
  about: z.array(z.tuple([z.string(), z.string()])),
  figures: z.array(
    z.object({
      name: z.string(),
      averagePrecision: z.number(),
      rocAuc: z.number(),
      cardPrecision: z.number(),
      calibration: z.object({ brier: z.number() }),
    }),
  ),
  patterns: z.array(z.object({ pattern: z.string(), frauds: z.number() })),
  importance: z.array(z.object({ feature: z.string() })),
});

type Report = z.output<typeof reportSchema>;
let ownReport: Report;

/** What a command prints on standard output. */
async function printed(run: () => Promise<number>): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    expect(await run()).toBe(0);
  } finally {
    log.mockRestore();
  }
  return lines.join('\n');
}

test('npm run evaluate -- transactions finds the fraud of later days', {
  timeout: 120_000,
}, async () => {
  const html = path.join(folder, 'report.html');
  const args = [file, '--json', '--html', html];
  const report = reportSchema.parse(
    JSON.parse(await printed(() => evaluateTransactions.run(args))),
  );
  ownReport = report;

  const [trees, regression] = report.figures;
  expect([trees?.name, regression?.name]).toEqual([
    'gradient-boosted trees',
    'logistic regression',
  ]);
  expect(trees?.averagePrecision).toBeGreaterThan(0.5);
  expect(trees?.rocAuc).toBeGreaterThan(0.6);
  expect(report.patterns.map(({ pattern }) => pattern)).toContain('2');
  expect(report.importance[0]?.feature).toMatch(/risk|amount/);

  const page = await readFile(html, 'utf8');
  expect(page.match(/<svg /g)).toHaveLength(3);
  expect(page).not.toMatch(/https?:|<script/);
});

test('npm run train -- transactions writes a model that evaluate takes', {
  timeout: 120_000,
}, async () => {
  const model = path.join(folder, 'model.json');
  const told = await printed(() => trainTransactions.run([file, '--out', model]));
  expect(told).toMatch(/^\d+ trees from [\d,]+ transactions in .*; review from 0\.\d+, block /);
  const given = await printed(() => evaluateTransactions.run([file, '--json', '--model', model]));
  expect(reportSchema.parse(JSON.parse(given)).figures).toEqual(ownReport.figures);

  const text = await readFile(model, 'utf8');
  await writeFile(model, text.replace('"terminal_count_1d"', '"terminal_cont_1d"'));
  await expect(evaluateTransactions.run([file, '--model', model])).rejects.toThrow(
    /a feature that nobody computes, perhaps terminal_count_1d.*: received terminal_cont_1d/,
  );
});

test('npm run evaluate -- transactions says which option is wrong', async () => {
  const run = (...args: string[]) => evaluateTransactions.run(args);
  await expect(run()).rejects.toThrow('Cannot evaluate: one file is expected: received none');
  await expect(run(file, '--card', 'pan')).rejects.toThrow(
    'Cannot evaluate: --card must be one of customer, terminal: received pan',
  );
  await expect(run(file, '--start', 'May')).rejects.toThrow(/--start must be a day/);
  await expect(run(file, '--columns', 'entity:Card No=a')).rejects.toThrow(/an entity has a name/);
  await expect(run(file, '--start', '2018-09-01')).rejects.toThrow(
    /Cannot evaluate: the file holds/,
  );
});
