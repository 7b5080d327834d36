import type { Settings } from '../../shared/config/settings.ts';
import type { FunnelData } from '../../shared/events/funnel.ts';
import { visitStages } from '../../shared/events/visit.ts';
import { type Stretch, stretches } from '../../shared/stream/accumulators/stretches.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import { tumbling, withLookback } from '../../shared/stream/window.ts';
import { FunnelCounts } from './funnel-counts.ts';
import { preliminaryEveryMs } from './preliminary-every.ts';
import { windowResultsKeptMs } from './results-kept.ts';
import {
  stageOf,
  type VisitEvent,
  visitorKindOf,
  visitorOf,
  visitSources,
  visitTimeMs,
  visitTimes,
} from './visits.ts';

/** `click` tells visits of the shop front from orders that came without one. */
const marks = ['click', ...visitStages] as const;

type Mark = (typeof marks)[number];
type Visit = Stretch<Mark>;

/**
 * How far the sessions of each window had come by its end. A session counts in every window that it
 * is active in, with what it did before, as far back as {@link Settings.funnelLookbackMs}.
 */
export function funnelJob(settings: Settings) {
  const { sessionGapMs: gapMs, funnelWindowMs: sizeMs } = settings;
  const lookbackMs = Math.ceil(settings.funnelLookbackMs / sizeMs) * sizeMs;
  return windowedJob(visitSources(settings), {
    name: 'funnel',
    generation: 1,
    ...visitTimes(settings),
    key: (event: VisitEvent) => shortened(visitorOf(event)),
    window: withLookback(tumbling(sizeMs), lookbackMs),
    accumulators: { visits: stretches({ gapMs, timeMs: visitTimeMs, marks, marksOf }) },
    preliminaryEveryMs: preliminaryEveryMs(settings, sizeMs),
    resultsKeptMs: windowResultsKeptMs(settings, sizeMs),
    type: 'funnel',
    result: (visitors, { startMs }, before): FunnelData => {
      const counts = new FunnelCounts(startMs);
      for (const [visitor, { visits }] of visitors) {
        // Silences part the visits of the window; only the first can have begun before it.
        const earlier = before.get(visitor)?.visits.at(-1);
        for (const [index, visit] of visits.entries()) {
          const isGoingOn = index === 0 && earlier && visit.firstMs - earlier.lastMs < gapMs;
          const { firstOf } = isGoingOn ? joined(earlier, visit) : visit;
          counts.add(visitorKindOf(visitor, firstOf.click !== null), firstOf);
        }
      }
      return counts.told();
    },
  });
}

function marksOf(event: VisitEvent): readonly Mark[] {
  const stage = stageOf(event);
  const stages = stage === undefined ? [] : [stage];
  return 'kind' in event ? stages : ['click', ...stages];
}

function joined(earlier: Visit, later: Visit): Visit {
  const firstOf = { ...earlier.firstOf };
  for (const mark of marks) firstOf[mark] ??= later.firstOf[mark];
  return { firstMs: earlier.firstMs, lastMs: later.lastMs, firstOf };
}

/** 64 of 256 bits: that two of a million visitors have the same has a probability of 3 in 10^8. */
function shortened(visitor: string): string {
  return visitor.replace(/(?<=:[0-9a-f]{16})[0-9a-f]{48}$/, '');
}
