import { settings } from '../../shared/config/settings.ts';
import { jobHandler, jobSurroundings } from '../../shared/jobs/job-handler.ts';
import { JobLine } from '../../shared/jobs/job-line.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import { sliding } from '../../shared/stream/window.ts';
import { statisticsJobs } from './jobs.ts';
import { showMostViewed } from './live-most-viewed.ts';
import { showRevenue } from './live-revenue.ts';
import { RecentOrders } from './recent-orders.ts';

const around = jobSurroundings('statistics');
const { store, now } = around;
const bounds = settings();
const viewWindow = sliding(bounds.mostViewedWindowMs, bounds.mostViewedSlideMs);
const shown = new Map([
  ['revenue', (run: Run) => showRevenue(run, bounds.revenueWindowMs, store, now())],
  ['most-viewed', (run: Run) => showMostViewed(run, viewWindow, store, now())],
]);

export const handler = jobHandler(around, [
  ...statisticsJobs(bounds).map(({ name, open }) =>
    open((job) => new JobLine(job, around, shown.get(name))),
  ),
  new RecentOrders(store, now, bounds.maxFutureMs),
]);
