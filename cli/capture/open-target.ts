import type { Place } from '../options/place.ts';
import { awsTarget } from './aws-target.ts';
import { localTarget } from './local-target.ts';
import type { CaptureTarget } from './target.ts';

/** The capture of a place: that of the running local cloud, or DMS. */
export async function openCaptureTarget(
  { aws, stage = 'dev', data = '.local' }: Place,
  progress: (line: string) => void,
): Promise<CaptureTarget> {
  return aws ? await awsTarget(stage, progress) : await localTarget(data);
}
