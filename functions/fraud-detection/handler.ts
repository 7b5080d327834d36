import { settings } from '../../shared/config/settings.ts';
import { jobHandler, jobSurroundings } from '../../shared/jobs/job-handler.ts';
import { JobRunner } from '../../shared/jobs/job-runner.ts';
import { highValueOrder } from './high-value-order.ts';

const around = jobSurroundings('fraud-detection');

export const handler = jobHandler(around, [new JobRunner(highValueOrder(settings()), around)]);
