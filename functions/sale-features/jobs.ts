import type { Settings } from '../../shared/config/settings.ts';
import { type DeclaredJob, declaredJob } from '../../shared/jobs/declared-job.ts';
import { saleFeaturesJob } from './sale-features.ts';

/** The jobs of this function: a new one is a line here. */
export function saleFeatureJobs(settings: Settings): readonly DeclaredJob[] {
  return [declaredJob(saleFeaturesJob(settings))];
}
