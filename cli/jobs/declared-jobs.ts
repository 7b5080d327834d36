import { fraudDetectionJobs } from '../../functions/fraud-detection/jobs.ts';
import { statisticsJobs } from '../../functions/statistics/jobs.ts';
import { settings } from '../../shared/config/settings.ts';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';

/** Every job of every function. */
export function declaredJobs(): readonly DeclaredJob[] {
  const bounds = settings();
  return [...statisticsJobs(bounds), ...fraudDetectionJobs(bounds)];
}

/** @throws RangeError that names the jobs there are. */
export function findJob(name: string | undefined): DeclaredJob {
  const jobs = declaredJobs();
  const found = jobs.find((job) => job.name === name);
  if (found) return found;
  const names = jobs.map((job) => job.name).join(', ');
  throw new RangeError(
    `Cannot find job: there are ${names}: received ${name === undefined ? 'no name' : `"${name}"`}`,
  );
}
