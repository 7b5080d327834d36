import { settings } from '../../shared/config/settings.ts';
import { jobHandler, jobSurroundings } from '../../shared/jobs/job-handler.ts';
import { JobRunner } from '../../shared/jobs/job-runner.ts';
import { showRevenue } from './live-revenue.ts';
import { RecentOrders } from './recent-orders.ts';
import { revenueJob } from './revenue.ts';

const around = jobSurroundings('statistics');
const { store, now } = around;
const bounds = settings();
const revenue = revenueJob(bounds);
const showRevenueNow = () => showRevenue(revenue, revenue.window.sizeMs, store, now());

export const handler = jobHandler(around, [
  new JobRunner(revenue, around, showRevenueNow),
  new RecentOrders(store, now, bounds.maxFutureMs),
]);
