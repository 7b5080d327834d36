import { describe, expect, it } from 'vitest';
import { numberOf, textOf } from '../../shared/stream/control.ts';
import { startOf } from '../../shared/stream/window.ts';
import type { Sale } from './sales-jobs.ts';
import { World } from './world.ts';

const histories = Number(process.env['HISTORIES'] ?? 150);
const seeds = Array.from({ length: histories }, (_, index) => index + 1);

/** What the windows must hold, from the sales alone. */
function oracle(sales: readonly Sale[]): Map<number, { sales: number; cents: number }> {
  const windows = new Map<number, { sales: number; cents: number }>();
  for (const { timeMs, cents } of sales) {
    const startMs = startOf(timeMs, 10);
    const window = windows.get(startMs) ?? { sales: 0, cents: 0 };
    windows.set(startMs, { sales: window.sales + 1, cents: window.cents + cents });
  }
  return windows;
}

async function checkWindows(seed: number): Promise<void> {
  const world = new World(seed, 'windowed');
  await world.run();
  const late = new Set(await world.lateIds());
  const say = (what: string) => `history ${seed}: ${what}`;

  const lateInTime = world.sales.filter(({ id, inTime }) => inTime && late.has(id));
  expect(lateInTime, say('late though within the bound')).toEqual([]);

  const rows = await world.store.query({ table: 'results', pk: 'sales#1' }, { from: '0', to: '~' });
  const results = new Map(
    rows.map((row) => [numberOf(row, 'startMs'), JSON.parse(textOf(row, 'data'))]),
  );
  const counted = world.sales.filter(({ id }) => !late.has(id));
  expect(results, say('results differ from the sales')).toEqual(oracle(counted));
  for (const row of rows) expect(row.attributes['final'], say('a window is open')).toBe(true);

  const outbox = await world.store.query(
    { table: 'state', pk: 'O#sales#1' },
    { from: ' ', to: '~' },
  );
  const said = outbox.map((row) => JSON.parse(textOf(row, 'emission')));
  for (const row of rows) {
    const startMs = numberOf(row, 'startMs');
    const revisions = said
      .filter(({ window }) => window.startMs === startMs)
      .sort((a, b) => a.revision - b.revision);
    const wanted = Array.from({ length: numberOf(row, 'revision') }, (_, index) => index + 1);
    expect(
      revisions.map(({ revision }) => revision),
      say('revisions have gaps'),
    ).toEqual(wanted);
    expect(revisions.at(-1)?.data, say('last revision')).toEqual(results.get(startMs));
    const counts = revisions.map(({ data }) => data.sales);
    expect(counts, say('a revision knows less than the one before')).toEqual(
      counts.toSorted((a, b) => a - b),
    );
  }
  await checkQuarantine(world, say);
}

async function checkQuarantine(world: World, say: (what: string) => string): Promise<void> {
  const { found, put } = await world.quarantine();
  expect(found.length, say('poison is not quarantined once each')).toBe(put);
  expect(new Set(found).size, say('poison is quarantined twice')).toBe(put);
}

async function checkRule(seed: number): Promise<void> {
  const world = new World(seed, 'rule');
  await world.run();
  const late = new Set(await world.lateIds());
  const say = (what: string) => `history ${seed}: ${what}`;
  const outbox = await world.store.query(
    { table: 'state', pk: 'O#alarm#1' },
    { from: ' ', to: '~' },
  );
  const alarmed = outbox.map((row) => JSON.parse(textOf(row, 'emission')).id).sort();
  const wanted = world.sales.map(({ id }) => id).filter((id) => !late.has(id));
  expect(alarmed, say('not one alarm per sale')).toEqual(wanted.sort());
  const decided = world.published.map(({ id }) => id);
  expect(new Set(decided).size, say('a rule decided twice about a sale')).toBe(decided.length);
  await checkQuarantine(world, say);
}

describe('the engine under crashes, zombies, redelivery and resharding', () => {
  it(`counts every sale once or late, in ${histories} histories`, async () => {
    for (const seed of seeds) await checkWindows(seed);
  }, 240_000);

  it(`alarms once per sale, in ${histories} histories`, async () => {
    for (const seed of seeds) await checkRule(seed);
  }, 240_000);
});
