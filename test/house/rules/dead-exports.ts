import type { Breach } from '../breach.ts';
import { importedPath } from '../source.ts';
import type { Tree } from '../tree.ts';

const product = /^(cli|functions|infra|shared|web)\/.*(?<!\.d)\.ts$/;
/** Lambda takes what these export. */
const entry = /^(functions\/[^/]+\/handler|infra\/rest-entry)\.ts$/;

/**
 * What a file exports is taken by another file; a test's use counts. Types beside a room's own
 * functions may be named for their readers, but in `shared/` they too are taken or stay inside.
 */
export function deadExports({ sources }: Tree): readonly Breach[] {
  const taken = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    for (const each of imports) {
      const target = importedPath(path, each);
      if (target === undefined) continue;
      const names = taken.get(target) ?? new Set();
      for (const name of each.names) names.add(name);
      taken.set(target, names);
    }
  }
  return sources
    .filter(({ path }) => product.test(path) && !entry.test(path))
    .flatMap(({ path, exports }) => {
      const names = taken.get(path) ?? new Set();
      return exports
        .filter(({ isType }) => !isType || path.startsWith('shared/'))
        .filter(({ name }) => !names.has(name) && !names.has('*'))
        .map(({ name }) => ({ at: `${path}#${name}`, what: 'is used nowhere else' }));
    });
}
