import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { lakeDataSets } from '../../shared/lake/data-sets.ts';

/**
 * The jobs that facts of these data sets are told to: those that read a stream of theirs. Without a
 * data set, all.
 */
export function jobsTold(
  jobs: readonly DeclaredJob[],
  dataSets: readonly string[],
): readonly DeclaredJob[] {
  if (dataSets.length === 0) return jobs;
  const streams = new Set<string>(
    lakeDataSets.flatMap(({ name, stream }) => (dataSets.includes(name) ? [stream] : [])),
  );
  return jobs.filter((job) => job.streams.some((stream) => streams.has(stream)));
}
