import { settings } from '../../shared/config/settings.ts';
import { jobHandler, jobSurroundings } from '../../shared/jobs/job-handler.ts';
import { JobLine } from '../../shared/jobs/job-line.ts';
import { saleFeatureJobs } from './jobs.ts';

const around = jobSurroundings('sale-features');
const jobs = saleFeatureJobs(settings());

export const handler = jobHandler(
  around,
  jobs.map(({ open }) => open((job) => new JobLine(job, around))),
);
