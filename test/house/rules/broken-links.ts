import { posix } from 'node:path';
import type { Breach } from '../breach.ts';
import type { Tree } from '../tree.ts';

const links = /\[[^\]]*\]\(([^)\s]+)[^)]*\)/g;

/** A link in the documentation leads to a file of the repository, and to a heading that it has. */
export function brokenLinks(tree: Tree): readonly Breach[] {
  return tree.paths
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...tree.text(path).matchAll(links)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !leads(tree, path, target))
        .map((target) => ({ at: path, what: `links to ${target}, which is not there` })),
    );
}

function leads(tree: Tree, path: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const place =
    file === '' ? path : posix.join(posix.dirname(path), file).replace(/\/$/, '') || '.';
  const isThere =
    place === '.' || tree.paths.some((each) => each === place || each.startsWith(`${place}/`));
  return isThere && (heading === undefined || headings(tree.text(place)).includes(heading));
}

/** The anchors of a document's headings, as GitHub makes them. */
function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
