import type { Settings } from '../../shared/config/settings.ts';
import { type DeclaredJob, declaredJob } from '../../shared/jobs/declared-job.ts';
import { fraud } from './fraud.ts';

/** The jobs of this function: a new one is a line here. */
export function fraudDetectionJobs(settings: Settings): readonly DeclaredJob[] {
  return [declaredJob(fraud(settings))];
}
