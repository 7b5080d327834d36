import type { Settings } from '../../shared/config/settings.ts';
import { type DeclaredJob, declaredJob } from '../../shared/jobs/declared-job.ts';
import { revenueWindows } from '../../shared/statistics/statistic-window.ts';
import { abandonedCartsJob } from './abandoned-carts.ts';
import { funnelJob } from './funnel.ts';
import { mostViewedJob } from './most-viewed.ts';
import { productInterestJob } from './product-interest.ts';
import { revenueJob } from './revenue.ts';
import { salesPulseJob } from './sales-pulse.ts';
import { sessionsJob } from './sessions.ts';
import { topProductsJobs } from './top-products.ts';

/** The jobs of this function: a new one is a line here. */
export function statisticsJobs(settings: Settings): readonly DeclaredJob[] {
  return [
    ...revenueWindows(settings).map((window) => declaredJob(revenueJob(settings, window))),
    declaredJob(salesPulseJob(settings)),
    ...topProductsJobs(settings).map((job) => declaredJob(job)),
    declaredJob(mostViewedJob(settings)),
    declaredJob(productInterestJob(settings)),
    declaredJob(funnelJob(settings)),
    declaredJob(sessionsJob(settings)),
    declaredJob(abandonedCartsJob(settings)),
  ];
}
