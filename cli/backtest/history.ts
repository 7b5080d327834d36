import { fraud } from '../../functions/fraud-detection/fraud.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { FeatureEvent } from '../../shared/features/feature.ts';
import { shopSources } from '../../shared/fraud/sources.ts';
import type { Lake } from '../replay/lake.ts';
import type { LakeFact } from '../replay/lake-facts.ts';
import type { Span } from '../replay/lake-queries.ts';

const ranks = new Map(Object.keys(shopSources).map((source, rank) => [source, rank]));

/** The history of the lake as the job of fraud sees it, in the order that its features are told in. */
export async function* fraudHistory(
  lake: Pick<Lake, 'facts'>,
  settings: Settings,
  span: Span,
): AsyncIterable<readonly FeatureEvent[]> {
  const { sources } = fraud(settings);
  const streams = sources.map(({ stream }) => stream);
  for await (const facts of lake.facts(streams, span)) {
    const events = sources.flatMap((source) => {
      const ofStream = facts.filter(({ stream }) => stream === source.stream);
      return source.decode(ofStream.map(recordOf)).flatMap((decoded) => {
        return decoded.kind === 'event' ? [decoded.event] : [];
      });
    });
    yield events.sort((a, b) => a.atMs - b.atMs || rankOf(a) - rankOf(b) || compareIds(a.id, b.id));
  }
}

function recordOf({ data, arrivalMs }: LakeFact, index: number) {
  return { sequenceNumber: String(index), data, arrivalMs };
}

function rankOf({ source }: FeatureEvent): number {
  return ranks.get(source) ?? ranks.size;
}

/** Ids of rows are numbers as text: the shorter one is the lower. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
