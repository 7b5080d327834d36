import type { Settings } from '../../shared/config/settings.ts';
import { type DeclaredJob, declaredJob } from '../../shared/jobs/declared-job.ts';
import { abandonedCartsJob } from './abandoned-carts.ts';
import { funnelJob } from './funnel.ts';
import { mostViewedJob } from './most-viewed.ts';
import { revenueJob } from './revenue.ts';
import { saleFeaturesJob } from './sale-features.ts';
import { sessionsJob } from './sessions.ts';

/** The jobs of this function: a new one is a line here. */
export function statisticsJobs(settings: Settings): readonly DeclaredJob[] {
  return [
    declaredJob(revenueJob(settings)),
    declaredJob(mostViewedJob(settings)),
    declaredJob(funnelJob(settings)),
    declaredJob(sessionsJob(settings)),
    declaredJob(abandonedCartsJob(settings)),
    declaredJob(saleFeaturesJob(settings)),
  ];
}
