import type { Breach } from '../breach.ts';
import type { Tree } from '../tree.ts';

const textFile = /(?:\.(?:ts|mjs|json|md|sql|css|html|svg|txt|csv|yml)|\/[^.]+|^\.[a-z]+|^[A-Z]+)$/;
const traces: readonly RegExp[] = [
  /(?<![\w.~-])\/(?:home|Users|root|work|mnt|opt)\/[\w.-]+/,
  /[A-Z]:\\{1,2}Users\\/,
  /registry\.[\w-]+\.\w+|"resolved": *"http|^ *registry *=/m,
];

/** Nothing tells of the machine a file was written on, or where its packages came from. */
export function machineTraces(tree: Tree): readonly Breach[] {
  return tree.paths
    .filter((path) => textFile.test(path))
    .flatMap((path) => {
      const text = tree.text(path);
      return traces
        .map((trace) => trace.exec(text)?.[0])
        .filter((found) => found !== undefined)
        .map((found) => ({ at: path, what: `holds ${found}` }));
    });
}
