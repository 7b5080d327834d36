import { fraudDetectionJobs } from '../../functions/fraud-detection/jobs.ts';
import { saleFeatureJobs } from '../../functions/sale-features/jobs.ts';
import { statisticsJobs } from '../../functions/statistics/jobs.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';

/** Every job of every function, as these settings declare it. */
export function declaredJobs(settings: Settings): readonly DeclaredJob[] {
  return [
    ...statisticsJobs(settings),
    ...saleFeatureJobs(settings),
    ...fraudDetectionJobs(settings),
  ];
}

/** @throws RangeError that names the jobs there are. */
export function findJob(name: string | undefined, settings: Settings): DeclaredJob {
  const jobs = declaredJobs(settings);
  const found = jobs.find((job) => job.name === name);
  if (found) return found;
  const names = jobs.map((job) => job.name).join(', ');
  throw new RangeError(
    `Cannot find job: there are ${names}: received ${name === undefined ? 'no name' : `"${name}"`}`,
  );
}
