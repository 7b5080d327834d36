import type { Breach } from '../breach.ts';
import type { Tree } from '../tree.ts';

/** What `shared/` offers says what it takes and gives. */
export function undocumented({ sources }: Tree): readonly Breach[] {
  return sources
    .filter(({ path }) => path.startsWith('shared/'))
    .flatMap(({ path, exports }) =>
      exports
        .filter(({ isFunction, hasDocs }) => isFunction && !hasDocs)
        .map(({ name }) => ({ at: `${path}#${name}`, what: 'has no docstring' })),
    );
}
