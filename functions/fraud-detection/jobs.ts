import type { Settings } from '../../shared/config/settings.ts';
import { type DeclaredJob, declaredJob } from '../../shared/jobs/declared-job.ts';
import { highValueOrder } from './high-value-order.ts';

/** The rules of this function: a new one is a line here. */
export function fraudDetectionJobs(settings: Settings): readonly DeclaredJob[] {
  return [declaredJob(highValueOrder(settings))];
}
