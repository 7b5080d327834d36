import type { Random } from '../../shared/random/random.ts';

/** The shapes of jobs that histories are drawn for. */
export const kinds = ['windowed', 'sliding', 'session', 'keyed', 'rule'] as const;
export type Kind = (typeof kinds)[number];

export type StreamName = 'clicks' | 'changes';

/**
 * What is fixed for one history before it begins. Durations are in units of virtual time; the
 * engine sees a unit as `unitMs` milliseconds.
 */
export interface Plan {
  readonly seed: number;
  readonly kind: Kind;
  readonly unitMs: number;
  readonly streams: readonly StreamName[];
  readonly shards: Readonly<Record<StreamName, number>>;
  readonly window: { readonly size: number; readonly slide: number };
  /** How far windows look back; 0: not at all. */
  readonly lookback: number;
  /** Windows have more to say when they have closed. */
  readonly alarms: boolean;
  /** Some sessions have nothing to tell. */
  readonly silence: boolean;
  /** Bound of out-of-orderness. */
  readonly bound: number;
  readonly lateness: number;
  readonly preliminary: boolean;
  /** Rows of results are so wide that a result comes in parts. */
  readonly wide: boolean;
  readonly events: number;
  readonly eventGap: number;
  readonly keys: number;
  /** Events of keyed rules have several keys, most of them common to several shards. */
  readonly several: boolean;
  /** How far beyond the bound an event may come; 0: none does. */
  readonly beyond: number;
  /** What the clock of the clicks is ahead of that of the database. */
  readonly skew: number;
  /** Share of events whose key lies in any shard, not in its own. */
  readonly astray: number;
  readonly tickEvery: number;
  /** For the change stream; 0: its sender puts ticks by themselves after all acknowledgements. */
  readonly tickSettle: number;
  /** Share of entries that PutRecords refuses. */
  readonly flaky: number;
  /** Share of requests after which the capture dies, to begin anew from an earlier place. */
  readonly deaths: number;
  readonly reshards: number;
  readonly reload: boolean;
  readonly stops: boolean;
  /** How old an instance's knowledge of the job's status may be. */
  readonly statusAge: number;
  readonly batch: number;
  readonly closeEvery: number;
  /** Share of the closings that leave the floor alone where nothing follows from it. */
  readonly often: number;
  readonly latency: number;
  readonly pauses: number;
  /** Share of the reads of several items that stop for long between two of them. */
  readonly scanPauses: number;
  readonly pause: number;
  /** Share of transactions whose outcome is lost before they happen, and as many after. */
  readonly faults: number;
  /** Share of transactions that another one is in the way of. */
  readonly conflicts: number;
  readonly listingAge: number;
}

/** Draws what a history is like. */
export function drawPlan(seed: number, kind: Kind, random: Random): Plan {
  const pick = random.pick.bind(random);
  const isRule = kind === 'keyed' || kind === 'rule';
  const slides = [
    { size: 100, slide: 100 },
    { size: 200, slide: 100 },
    { size: 300, slide: 100 },
    { size: 300, slide: 200 },
  ];
  const window = kind === 'sliding' ? pick(slides) : { size: 100, slide: 100 };
  const silence = kind === 'session' && random.chance(0.4);
  return {
    seed,
    kind,
    // Rules keep identities in panes of ten minutes: a unit of six seconds makes that 100 units.
    unitMs: isRule ? 6_000 : 10,
    streams: pick([['clicks', 'changes'], ['clicks', 'changes'], ['clicks'], ['changes']] as const),
    shards: { clicks: pick([1, 2]), changes: pick([1, 2]) },
    window,
    lookback: pick([0, 0, 1, 3]) * window.slide,
    alarms: random.chance(0.5),
    silence,
    bound: 60,
    // What is silent shows only by what is missing: then nothing may be late.
    lateness: silence ? 50_000 : pick([0, 40, 130]),
    preliminary: random.chance(0.4),
    wide: kind !== 'session' && !isRule && random.chance(0.03),
    events: pick([20, 40, 70]),
    eventGap: pick([4, 20, 50]),
    keys: pick([2, 6]),
    beyond: random.chance(0.5) ? 0 : 400,
    skew: pick([0, 0, -170, 230]),
    astray: pick([0, 0.3]),
    tickEvery: pick([20, 60]),
    tickSettle: pick([0, 0, 150]),
    flaky: pick([0, 0.15, 0.4]),
    deaths: pick([0.01, 0.03, 0.1]),
    reshards: pick([0, 1, 2, 4]),
    reload: random.chance(0.3),
    stops: random.chance(0.2),
    statusAge: pick([0, 30]),
    batch: pick([3, 12, 30]),
    closeEvery: pick([15, 60, 200]),
    often: pick([0.2, 0.9]),
    latency: pick([1, 5, 20]),
    pauses: pick([0, 0.01, 0.05]),
    scanPauses: pick([0, 0.03, 0.3]),
    pause: pick([100, 400]),
    faults: pick([0, 0.02, 0.06]),
    conflicts: pick([0, 0.03]),
    listingAge: pick([0, 0, 40]),
    several: kind === 'keyed' && random.chance(0.7),
  };
}
