import type { Breach } from '../breach.ts';
import type { Tree } from '../tree.ts';

const marks = /\bTODO\b|\bFIXME\b|@ts-(?:ignore|expect-error|nocheck)|biome-ignore/;

/** Nothing is put off and no check is switched off. */
export function evasions({ sources }: Tree): readonly Breach[] {
  return sources.flatMap(({ path, anyLines, bareLines }) => [
    ...anyLines.map((line) => ({ at: path, what: `any (${line})` })),
    ...bareLines.flatMap((text, index) => {
      const mark = marks.exec(text);
      return mark === null ? [] : [{ at: path, what: `${mark[0]} (${index + 1})` }];
    }),
  ]);
}
