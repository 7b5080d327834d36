import type { Breach } from '../breach.ts';
import { importedPath } from '../source.ts';
import type { Tree } from '../tree.ts';

/** What a file of `shared/` exports is taken by another file; a test's use counts. */
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
    .filter(({ path }) => path.startsWith('shared/'))
    .flatMap(({ path, exports }) => {
      const names = taken.get(path) ?? new Set();
      return exports
        .filter(({ name }) => !names.has(name) && !names.has('*'))
        .map(({ name }) => ({ at: `${path}#${name}`, what: 'is used nowhere else' }));
    });
}
