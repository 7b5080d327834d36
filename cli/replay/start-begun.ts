import type { Run } from '../../shared/stream/state/layout.ts';
import { beganReason, readJobRow, toldReason } from '../../shared/stream/state/operate.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { startGeneration } from './generations.ts';

/**
 * Starts a generation that waits for nothing more: its history was told to its end, or its command died
 * between its beginning and its start. One that a person stopped is left alone.
 */
export async function startBegun(cloud: JobsCloud, run: Run): Promise<void> {
  const row = await readJobRow(cloud.store, run);
  if (row?.status !== 'stopped') return;
  if (row.reason === beganReason || (row.reason === toldReason && row.history?.told))
    await startGeneration(cloud, run);
}
