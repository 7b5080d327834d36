import type { Breach } from '../breach.ts';
import type { Tree } from '../tree.ts';

const lineCountMax = 400;

/** Past this length a file hides two concepts. */
export function longFiles({ sources }: Tree): readonly Breach[] {
  return sources
    .filter(({ lineCount }) => lineCount > lineCountMax)
    .map(({ path, lineCount }) => ({ at: path, what: `has ${lineCount} lines` }));
}
