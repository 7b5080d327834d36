import { expect, it } from 'vitest';
import { TellingPace } from '../../../cli/replay/telling-pace.ts';

const dayMs = 86_400_000;
const emission = (day: number) => ({
  ...{ id: 'a', type: 'revenue', revision: 1, entity: 'revenue', data: 0 },
  window: { startMs: day * dayMs, endMs: day * dayMs + 1 },
});

/** So long four turns of this kind take, of several who take turns. */
async function takes(
  bounds: Partial<ConstructorParameters<typeof TellingPace>[0]>,
  turn: (index: number) => readonly [ReturnType<typeof emission>[], number],
): Promise<number> {
  const all = { recordsPerSecond: 1e9, bytesPerSecond: 1e9, foldersPerSecond: 1e9, ...bounds };
  let nowMs = 0;
  const sleep = async (milliseconds: number) => {
    nowMs = Math.max(nowMs, nowMs + milliseconds);
  };
  const pace = new TellingPace(all, () => nowMs, sleep);
  for (let index = 0; index < 5; index += 1) await pace.turn(...turn(index));
  return Math.round(nowMs);
}

it('gives turns as the narrowest of its bounds allows: records, bytes, or folders of the lake', async () => {
  const ten = (day: number) => Array.from({ length: 10 }, () => emission(day));
  expect(await takes({ recordsPerSecond: 5 }, () => [ten(1), 1])).toBe(8_000);
  expect(await takes({ bytesPerSecond: 50 }, () => [ten(1), 100])).toBe(8_000);
  expect(await takes({ foldersPerSecond: 0.5 }, (index) => [ten(index), 1])).toBe(8_000);
  expect(await takes({ foldersPerSecond: 0.5 }, () => [ten(1), 1])).toBe(2_000);
});

it('makes nobody wait who comes late', async () => {
  let nowMs = 0;
  const waits: number[] = [];
  const bounds = { recordsPerSecond: 1, bytesPerSecond: 1e9, foldersPerSecond: 1e9 };
  const pace = new TellingPace(
    bounds,
    () => nowMs,
    async (ms) => waits.push(ms),
  );
  await pace.turn([emission(1)], 1);
  nowMs = 5_000;
  await pace.turn([emission(1)], 1);
  expect(waits).toEqual([]);
});
