import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import type { Generations } from '../../shared/jobs/generations.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { BehindLive, swapGeneration } from './generations.ts';
import { helpAlong } from './replay-stream.ts';

const attemptsMax = 20;

/**
 * Helps a generation along until it stands where the live one does, and makes it the live one. Where
 * so much comes in between that a shard is behind again for a moment, it is helped once more.
 */
export async function swapCaughtUp(
  cloud: JobsCloud,
  job: DeclaredJob,
  generation: number,
  allows?: (current: Generations) => boolean,
): Promise<Generations> {
  for (let attempt = 1; ; attempt++) {
    await helpAlong(cloud, job, generation, () => undefined);
    try {
      return await swapGeneration(cloud, job, generation, allows);
    } catch (error) {
      if (!(error instanceof BehindLive) || attempt === attemptsMax) throw error;
    }
  }
}
