import { z } from 'zod';
import type { Breach } from '../breach.ts';
import { importedPath } from '../source.ts';
import type { Tree } from '../tree.ts';

const product = /^(cli|functions|infra|shared|web)\/.*\.ts$/;
const handler = /^functions\/[^/]+\/handler\.ts$/;
const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });
const cdkSchema = z.object({ app: z.string(), build: z.string() });

/** Every file of the product is reached from a command, a function's handler, or a named entry. */
export function deadFiles(tree: Tree, entries: readonly string[]): readonly Breach[] {
  const sources = new Map(tree.sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const toVisit = [...entries, ...commandFiles(tree), ...tree.paths.filter(isHandler)];
  for (let path = toVisit.pop(); path !== undefined; path = toVisit.pop()) {
    const source = sources.get(path);
    if (source === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const each of source.imports) {
      const target = importedPath(path, each);
      if (target !== undefined) toVisit.push(target);
    }
  }
  return tree.paths
    .filter((path) => product.test(path) && !path.endsWith('.d.ts') && !reached.has(path))
    .map((path) => ({ at: path, what: 'is reached from no entry' }));
}

/** What the commands of package.json and cdk.json run. */
function commandFiles(tree: Tree): readonly string[] {
  const { scripts } = packageSchema.parse(JSON.parse(tree.text('package.json')));
  const { app, build } = cdkSchema.parse(JSON.parse(tree.text('cdk.json')));
  return [...Object.values(scripts), app, build].flatMap(
    (command) => command.match(/[\w/-]+\.ts/g) ?? [],
  );
}

function isHandler(path: string): boolean {
  return handler.test(path);
}
