import { expect, test } from 'vitest';
import { progressBar } from '../../cli/progress-bar.ts';

function rig(output: { isTTY?: boolean; columns?: number }, total?: number, share?: () => number) {
  let nowMs = 0;
  const written: string[] = [];
  const out = { ...output, write: (text: string) => written.push(text) };
  const bar = progressBar({ label: 'products', total, share, out, now: () => nowMs });
  return { bar, written, pass: (ms: number) => (nowMs += ms) };
}

test('progressBar() tells done, total, rate and remaining time every few seconds of a pipe', () => {
  const { bar, written, pass } = rig({}, 10_000);
  pass(1_000);
  bar.add(1_000);
  expect(written).toEqual([]);
  pass(3_000);
  bar.add(3_000);
  expect(written).toEqual(['products  4,000 of 10,000  1,000/s  6.0 s left\n']);
  pass(6_000);
  bar.add(6_000);
  bar.end();
  bar.end();
  expect(written.slice(1)).toEqual([
    'products  10,000 of 10,000  1,000/s  0.0 s left\n',
    'products  10,000 in 10 s  1,000/s\n',
  ]);
});

test('progressBar() writes one line of a terminal anew, never wider than it is', () => {
  const { bar, written, pass } = rig({ isTTY: true, columns: 40 }, 200);
  pass(50);
  bar.add(50);
  pass(150);
  bar.add(50);
  bar.end();
  expect(written).toEqual([
    `\r${'products ██████████░░░░░░░░░░  100 of 200  500/s  0.2 s left'.slice(0, 39)}\x1b[K`,
    '\rproducts  100 in 0.2 s  500/s\x1b[K\n',
  ]);
});

test('progressBar() tells what is left by the share where no total is known, else nothing', () => {
  const shared = rig({}, undefined, () => 0.25);
  shared.pass(60_000);
  shared.bar.add(600);
  expect(shared.written).toEqual(['products  600  10/s  3 min left\n']);
  const open = rig({});
  open.pass(4_000);
  open.bar.add(8);
  expect(open.written).toEqual(['products  8  2/s\n']);
});

test('progressBar() divides by nothing when nothing is done in no time', () => {
  const { bar, written } = rig({}, 0);
  bar.end();
  expect(written).toEqual(['products  0 in 0.0 s  0/s\n']);
});
