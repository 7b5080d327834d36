import type { Place } from '../options/place.ts';
import { awsTarget } from './aws-target.ts';
import { localTarget } from './local-target.ts';
import type { CaptureTarget } from './target.ts';

/** The capture of a place: that of the running local cloud, or DMS. */
export async function openCaptureTarget(
  { aws, stage, data = '.local' }: Place,
  progress: (line: string) => void,
): Promise<CaptureTarget> {
  return aws ? await awsTarget(stage ?? 'dev', progress) : await localTarget(data, stage);
}
