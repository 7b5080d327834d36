import type { Breach } from '../breach.ts';
import { type Import, importedPackage, importedPath } from '../source.ts';
import type { Tree } from '../tree.ts';

const inHouse = /^(cli|functions|infra|shared|test|web)\//;

/** Each room with the places it may import from beside itself. The first that fits a path counts. */
const rooms: readonly (readonly [room: RegExp, from: RegExp])[] = [
  [/^shared\/stream\//, /^$/],
  [/^shared\//, /^shared\//],
  [/^functions\/[^/]+\//, /^shared\//],
  [/^web\//, /^shared\/(events|statistics)\//],
  [/^infra\/local\//, /^shared\//],
  [/^infra\//, /^(functions|shared|web)\//],
  [/^cli\//, /^(infra|functions|shared|web)\//],
];

/** Rooms that must run where no package or CDK is. */
const closedTo: readonly (readonly [room: RegExp, packages: RegExp])[] = [
  [/^shared\/stream\//, /./],
  [/^infra\/local\//, /^(aws-cdk-lib|constructs|cdk-nag)$/],
];

/** Imports point down only: `cli, web, infra → functions → shared`; a function knows no other. */
export function importsAgainstDirection({ sources }: Tree): readonly Breach[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter((each) => !isAllowed(path, each))
      .map(({ specifier }) => ({ at: path, what: `must not import ${specifier}` })),
  );
}

function isAllowed(path: string, each: Import): boolean {
  const name = importedPackage(each);
  if (name !== undefined) {
    return !closedTo.some(([room, packages]) => room.test(path) && packages.test(name));
  }
  const target = importedPath(path, each);
  const own = roomOf(path);
  if (target === undefined || own === undefined || !inHouse.test(target)) return true;
  return roomOf(target)?.folder === own.folder || own.from.test(target);
}

function roomOf(path: string): { readonly folder: string; readonly from: RegExp } | undefined {
  for (const [room, from] of rooms) {
    const folder = room.exec(path)?.[0];
    if (folder !== undefined) return { folder, from };
  }
  return undefined;
}
