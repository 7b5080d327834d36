import { z } from 'zod';
import type { Breach } from '../breach.ts';
import { importedPackage } from '../source.ts';
import type { Tree } from '../tree.ts';

const names = z.record(z.string(), z.string()).default({});
const schema = z.object({
  dependencies: names,
  optionalDependencies: names,
  devDependencies: names,
});

/** package.json lists what the sources import, no more and no less. */
export function packageBreaches(tree: Tree): readonly Breach[] {
  const listed = schema.parse(JSON.parse(tree.text('package.json')));
  const all = new Set(Object.values(listed).flatMap((group) => Object.keys(group)));
  const imported = new Set(
    tree.sources
      .flatMap(({ imports }) => imports.map(importedPackage))
      .filter((name) => name !== undefined),
  );
  return [
    ...[...all]
      .filter((name) => !imported.has(name.replace('@types/', '')))
      .map((name) => ({ at: name, what: 'is imported nowhere' })),
    ...[...imported]
      .filter((name) => !all.has(name) && !all.has(`@types/${name}`))
      .map((name) => ({ at: name, what: 'is imported and not in package.json' })),
  ];
}
