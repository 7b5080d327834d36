import { isDeepStrictEqual } from 'node:util';
import { isFirst } from '../../shared/stream/close/told-results.ts';
import { type Run, resultPartition, wholePartition } from '../../shared/stream/state/layout.ts';
import type { Item, StateStore } from '../../shared/stream/state-store.ts';
import { alignedLines } from '../aligned-lines.ts';

/** A final window of which two generations say different things, or only one says anything. */
export interface Difference {
  /** Start of the window; of a session with its key behind it. */
  readonly window: string;
  /** Undefined: it has no such window. */
  readonly live: unknown;
  readonly other: unknown;
}

/** How two generations agree about the windows that are final in both. */
export interface Comparison {
  readonly equal: number;
  readonly different: readonly Difference[];
  /** Final in the live one, absent in the other. */
  readonly missing: readonly Difference[];
  /** The other way round. */
  readonly extra: readonly Difference[];
  /** Not final yet in one of them. */
  readonly open: number;
  /** Windows that only a history could fill: facts told later lie in them, or they are older. */
  readonly learnt: number;
}

/** Whose windows are held against each other, and which: those that lie whole in this range. */
export interface Compared {
  readonly live: Run;
  readonly other: Run;
  readonly fromMs: number;
  /** Undefined: as far as both go. */
  readonly toMs: number | undefined;
  /** The other is a closed history: its last window may have been cut off. */
  readonly isHistory: boolean;
  /** How far back from its start lies what a window tells: its lookback, or the silence before a session. */
  readonly reachMs?: number;
  /** Sessions are told once, as they close: those that ended by then can change no more. */
  readonly settledMs?: number;
  /**
   * The other began with a history: times of facts in it, in order, that were told later than they
   * happened. The live one lacks them, and windows before its first.
   */
  readonly backfillMs?: readonly number[];
}

interface Told {
  readonly startMs: number;
  readonly endMs: number;
  readonly final: boolean;
  readonly data: unknown;
}

/**
 * Holds the windows of a generation against those of the live one. A generation that began in the
 * past knows nothing of what was before: windows that it has not seen whole are left out.
 */
export async function compareGenerations(
  store: StateStore,
  { live, other, fromMs, toMs, isHistory, reachMs = 0, settledMs, backfillMs }: Compared,
): Promise<Comparison> {
  const [ofLive, ofOther] = await Promise.all([readTold(store, live), readTold(store, other)]);
  const [first, liveFirst] = [firstOf(ofOther), firstOf(ofLive)];
  const firstMs = first?.startMs ?? Number.POSITIVE_INFINITY;
  const liveFirstMs = liveFirst?.startMs ?? Number.POSITIVE_INFINITY;
  const lastMs = [...ofOther.values()].reduce(
    (last, { startMs }) => Math.max(last, startMs),
    Number.NEGATIVE_INFINITY,
  );
  const untilMs = toMs ?? (isHistory ? lastMs : Number.POSITIVE_INFINITY);
  // Where a stream no longer has all that the live one has counted, its first window is cut off.
  const isTrimmed = first !== undefined && backfillMs === undefined && liveFirstMs < firstMs;
  const beginMs = Number.isFinite(fromMs) || !isTrimmed ? fromMs : first.endMs;
  const isIn = ({ startMs, endMs }: Told): boolean =>
    startMs >= firstMs && startMs - reachMs >= beginMs && endMs <= untilMs;
  const isOpen = (told: Told | undefined): boolean =>
    told !== undefined && !told.final && (settledMs === undefined || told.endMs > settledMs);
  const isLearnt = ({ startMs, endMs }: Told): boolean =>
    backfillMs !== undefined && (startMs < liveFirstMs || holds(backfillMs, startMs, endMs));
  const [different, missing, extra]: Difference[][] = [[], [], []];
  let equal = 0;
  let open = 0;
  let learnt = 0;
  for (const window of [...new Set([...ofLive.keys(), ...ofOther.keys()])].sort()) {
    const [a, b] = [ofLive.get(window), ofOther.get(window)];
    const told = a ?? b;
    if (!told || !isIn(told)) continue;
    const difference = { window: nameOf(window, told), live: a?.data, other: b?.data };
    if (isLearnt(told)) learnt += 1;
    else if (isOpen(a) || isOpen(b)) open += 1;
    else if (!b) missing?.push(difference);
    else if (!a) extra?.push(difference);
    else if (isDeepStrictEqual(a.data, b.data)) equal += 1;
    else different?.push(difference);
  }
  return {
    equal,
    different: different ?? [],
    missing: missing ?? [],
    extra: extra ?? [],
    open,
    learnt,
  };
}

function firstOf(told: ReadonlyMap<string, Told>): Told | undefined {
  return [...told.values()].reduce<Told | undefined>(
    (first, one) => (first && first.startMs <= one.startMs ? first : one),
    undefined,
  );
}

/** Whether one of these times, which lie in order, is in a window. */
function holds(times: readonly number[], startMs: number, endMs: number): boolean {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((times[middle] ?? 0) < startMs) from = middle + 1;
    else to = middle;
  }
  return (times[from] ?? Number.POSITIVE_INFINITY) < endMs;
}

const shownMax = 10;
const shownLengthMax = 160;

/** As text for people: the sums, and the first windows that do not agree. */
export function comparisonText(comparison: Comparison): string {
  const { equal, different, missing, extra, open, learnt } = comparison;
  const history = learnt === 0 ? '' : `, ${learnt} that only the history fills`;
  const sums = `${equal} windows equal, ${different.length} different, ${missing.length} missing, ${extra.length} more than the live one has, ${open} not final in both yet${history}`;
  const disagreeing = [...different, ...missing, ...extra];
  if (disagreeing.length === 0) return sums;
  const short = (value: unknown): string =>
    (JSON.stringify(value) ?? 'nothing').slice(0, shownLengthMax);
  const rows = disagreeing
    .slice(0, shownMax)
    .map(({ window, live, other }) => [window, short(live), short(other)]);
  const more = disagreeing.length > shownMax ? [`… and ${disagreeing.length - shownMax} more`] : [];
  return [sums, '', alignedLines([['window', 'live', 'replayed'], ...rows]), ...more].join('\n');
}

/** Results by sort key, each with the chunks that follow it. */
async function readTold(store: StateStore, run: Run): Promise<ReadonlyMap<string, Told>> {
  const items = await store.query(resultPartition(run), wholePartition);
  const chunks = new Map(items.filter((item) => !isFirst(item)).map((item) => [item.sk, item]));
  return new Map(
    items.filter(isFirst).map((item) => {
      const { startMs, endMs, final, chunks: count } = item.attributes;
      const rest = Array.from({ length: Number(count ?? 1) - 1 }, (_, index) =>
        dataOf(chunks.get(`${item.sk}#${String(index + 1).padStart(3, '0')}`)),
      );
      const data = rest.length === 0 ? dataOf(item) : [dataOf(item), ...rest].flat();
      const bounds = { startMs: Number(startMs), endMs: Number(endMs) };
      return [item.sk, { ...bounds, final: final === true, data }];
    }),
  );
}

function dataOf(item: Item | undefined): unknown {
  return JSON.parse(String(item?.attributes['data'] ?? 'null'));
}

function nameOf(sk: string, { startMs }: Told): string {
  const key = sk.includes('#') ? ` ${sk.slice(sk.indexOf('#') + 1)}` : '';
  return new Date(startMs).toISOString() + key;
}
