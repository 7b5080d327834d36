import type { Run } from '../../shared/stream/state/layout.ts';
import { beganReason, readJobRow } from '../../shared/stream/state/operate.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { startGeneration } from './generations.ts';

/** Starts a generation whose command died between its beginning and its start; others are left alone. */
export async function startBegun(cloud: JobsCloud, run: Run): Promise<void> {
  const row = await readJobRow(cloud.store, run);
  const waits = row?.status === 'stopped' && row.reason === beganReason;
  if (waits) await startGeneration(cloud, run);
}
