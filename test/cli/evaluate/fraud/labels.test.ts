import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fileLabels, labelsAt } from '../../../../cli/evaluate/fraud/labels.ts';

const dayMs = 86_400_000;
const file = path.join(tmpdir(), `labels-${process.pid}.jsonl`);

test('fileLabels() knows of an order when the delay is over', async () => {
  await writeFile(
    file,
    '{"orderId":7,"customerId":1,"orderedAt":"2026-11-01T00:00:00.000Z","pattern":"burst","fraud":true}\n' +
      '{"orderId":8,"customerId":2,"orderedAt":"2026-11-02T00:00:00.000Z","pattern":null,"fraud":false}\n',
  );
  const labels = await fileLabels(file, 7 * dayMs);
  const [fromMs, toMs] = [Date.UTC(2026, 10, 8), Date.UTC(2026, 10, 9)];
  expect([...labelsAt(labels, fromMs - 1)]).toEqual([]);
  expect([...labelsAt(labels, fromMs).keys()]).toEqual(['7']);
  expect(labelsAt(labels, fromMs).get('7')).toMatchObject({ fraud: true, pattern: 'burst' });
  expect(labelsAt(labels, toMs).get('8')).toMatchObject({ fraud: false, pattern: undefined });
});

test('fileLabels() names the line that is no label, and the file that is none', async () => {
  await writeFile(file, '\n{"orderId":7}\n');
  await expect(fileLabels(file, 0)).rejects.toThrow(/line 2 of .* is no label like/);
  await expect(fileLabels(`${file}x`, 0)).rejects.toThrow(
    'Cannot read labels: there is no such file',
  );
});

test('labelsAt() goes by what was said last', () => {
  const said = (knownAtMs: number, fraud: boolean) => ({
    orderId: '7',
    fraud,
    knownAtMs,
    pattern: undefined,
  });
  const labels = [said(1, true), said(3, false), said(2, true), said(5, true)];
  expect(labelsAt(labels, 0).size).toBe(0);
  expect(labelsAt(labels, 2).get('7')?.fraud).toBe(true);
  expect(labelsAt(labels, 4).get('7')?.fraud).toBe(false);
  expect(labelsAt(labels, 5).get('7')?.fraud).toBe(true);
});

test('labelsAt() remembers the pattern that a later voice of the same verdict does not name', () => {
  const said = (knownAtMs: number, fraud: boolean, pattern?: string) => ({
    orderId: '7',
    fraud,
    knownAtMs,
    pattern,
  });
  const labels = [said(9, true), said(7, true, 'burst'), said(8, false, 'gift')];
  expect(labelsAt(labels, 7).get('7')).toEqual(said(7, true, 'burst'));
  expect(labelsAt(labels, 8).get('7')).toEqual(said(8, false, 'gift'));
  expect(labelsAt(labels, 9).get('7')).toEqual(said(9, true, 'burst'));
  expect(labelsAt(labels.slice(0, 1), 9).get('7')).toEqual(said(9, true));
});
