import type { Breach } from '../breach.ts';
import type { Tree } from '../tree.ts';

const pure = /^(shared|functions)\//;
/** A function's edge: what it is given by the machine comes in here. */
const edge = /^functions\/[^/]+\/(handler|config)\.ts$/;

/** Time and chance come in as arguments, so a test can choose them. */
export function clockReads({ sources }: Tree): readonly Breach[] {
  return sources
    .filter(({ path }) => pure.test(path) && !edge.test(path))
    .flatMap(({ path, clockReads: reads }) =>
      reads.map((read) => ({ at: path, what: `reads ${read} itself` })),
    );
}
