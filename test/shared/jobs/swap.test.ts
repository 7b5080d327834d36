import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../shared/stream/job.ts';
import { outboxPartition, wholePartition } from '../../../shared/stream/state/layout.ts';
import { centsPerSecond, centsTogether, goodSeconds, largeSale, type Sale } from './job-rig.ts';
import { type SwapHistory, SwapWorld, type Told } from './swap-history.ts';

const historiesOfEach = 8;
const plan = { killShare: 0.15, swapShare: 0.15 };

beforeAll(() => {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(() => {});
  }
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const secondOf = ({ atMs }: Sale): number => Math.floor(atMs / 1_000) * 1_000;

interface Kind {
  readonly name: string;
  readonly job: () => Job<Sale>;
  /** Ids of what has to be published of these sales. */
  readonly due: (sales: readonly Sale[]) => readonly string[];
}

const kinds: readonly Kind[] = [
  {
    name: 'what a rule says of an event',
    job: largeSale,
    due: (sales) => sales.filter(({ cents }) => cents >= 100).map(({ id }) => id),
  },
  {
    name: 'what is said of a window that closes',
    job: goodSeconds,
    due: (sales) => [...new Set(sales.map(secondOf))].map((startMs) => `good|${startMs}`),
  },
];

async function play({ job }: Pick<Kind, 'job'>): Promise<readonly SwapHistory[]> {
  const all: SwapHistory[] = [];
  for (let seed = 1; seed <= historiesOfEach; seed += 1) {
    all.push(await new SwapWorld(seed, job(), plan).run());
  }
  return all;
}

/** The last figures that were published of each window or session, by when it began. */
function newest(told: readonly Told[]): ReadonlyMap<number, readonly unknown[]> {
  const results = told.filter(({ type, window }) => type === 'cents' && window);
  return new Map(
    [...Map.groupBy(results, ({ window }) => window?.startMs ?? 0)].map(([startMs, ofOne]) => [
      startMs,
      ofOne.map(({ data }) => data),
    ]),
  );
}

describe('JobLine, with swaps at any moment, a generation that ails, instances that die', () => {
  it.for(kinds)('publishes $name, of the past nothing', { timeout: 120_000 }, async (kind) => {
    const played = await play(kind);
    const lost: string[] = [];
    const past: string[] = [];
    const kept: string[] = [];
    let saidByTheSecond = 0;
    for (const [index, history] of played.entries()) {
      const { told, sales, salesBefore, job, store } = history;
      const alarms = told.filter(({ type }) => type === 'alarm');
      const said = new Set(alarms.map(({ id }) => id));
      const bySecond = new Set(
        alarms.filter(({ generation }) => generation === 2).map(({ id }) => id),
      );
      saidByTheSecond += bySecond.size;
      const named = (id: string) => `history ${index + 1}: ${id}`;
      lost.push(
        ...kind
          .due(sales)
          .filter((id) => !said.has(id))
          .map(named),
      );
      past.push(
        ...kind
          .due(sales.slice(0, salesBefore))
          .filter((id) => bySecond.has(id))
          .map(named),
      );
      for (const generation of [1, 2]) {
        const outbox = outboxPartition({ name: job.name, generation });
        const rows = await store.query(outbox, wholePartition);
        kept.push(...rows.map(({ sk }) => named(`${generation} ${sk}`)));
      }
    }
    expect({ lost, past, kept }).toEqual({ lost: [], past: [], kept: [] });
    expect(played.flatMap(({ errors }) => errors.map(String))).toEqual(
      expect.not.arrayContaining([expect.not.stringContaining('throttled')]),
    );
    expect(played.reduce((all, { swaps }) => all + swaps, 0)).toBeGreaterThan(historiesOfEach);
    expect(played.reduce((all, { kills }) => all + kills, 0)).toBeGreaterThan(historiesOfEach);
    expect(saidByTheSecond).toBeGreaterThan(historiesOfEach);
  });

  it('publishes the last figures of every window', { timeout: 120_000 }, async () => {
    for (const [index, { told, sales }] of (await play({ job: centsPerSecond })).entries()) {
      const figures = newest(told);
      for (const [startMs, ofOne] of Map.groupBy(sales, secondOf)) {
        const cents = ofOne.reduce((all, sale) => all + sale.cents, 0);
        expect(figures.get(startMs), `history ${index + 1}, ${startMs}`).toContainEqual({
          sales: ofOne.length,
          cents,
        });
      }
    }
  });

  it('publishes the last figures of every session', { timeout: 120_000 }, async () => {
    for (const [index, { told, sales }] of (await play({ job: centsTogether })).entries()) {
      const figures = newest(told);
      for (const together of sessionsOf(sales)) {
        const cents = together.reduce((all, sale) => all + sale.cents, 0);
        const startMs = together[0]?.atMs ?? 0;
        expect(figures.get(startMs), `history ${index + 1}, ${startMs}`).toContainEqual({ cents });
      }
    }
  });
});

function sessionsOf(sales: readonly Sale[]): readonly (readonly Sale[])[] {
  const sessions: Sale[][] = [];
  for (const sale of sales.toSorted((a, b) => a.atMs - b.atMs)) {
    const last = sessions.at(-1);
    if (last && sale.atMs - (last.at(-1)?.atMs ?? 0) < 1_000) last.push(sale);
    else sessions.push([sale]);
  }
  return sessions;
}
