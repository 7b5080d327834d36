import { settings } from '../../shared/config/settings.ts';
import { jobHandler, jobSurroundings } from '../../shared/jobs/job-handler.ts';
import { JobLine } from '../../shared/jobs/job-line.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import { statisticsJobs } from './jobs.ts';
import { liveShows } from './live-sections.ts';
import { RecentOrders } from './recent-orders.ts';

const around = jobSurroundings('statistics');
const { store, now } = around;
const bounds = settings();
const shows = liveShows(bounds, store);

export const handler = jobHandler(around, [
  ...statisticsJobs(bounds).map(({ name, open }) => {
    const show = shows.get(name);
    return open((job) => new JobLine(job, around, show && ((run: Run) => show(run, now()))));
  }),
  new RecentOrders(store, now, bounds.maxFutureMs),
]);
