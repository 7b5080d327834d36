import { z } from 'zod';

/** A row of a window's result; of a long one there are several, each with a part of its list. */
const windowRow = z.object({
  sk: z.string(),
  startMs: z.int(),
  revision: z.int(),
  data: z.string().transform((text): unknown => JSON.parse(text)),
});
const firstRow = windowRow.extend({
  endMs: z.int(),
  closed: z.boolean(),
  final: z.boolean(),
  updatedAt: z.number(),
  chunks: z.int().default(1),
});

/** One row as it was read; the first of a window also holds what is said of the whole. */
export type WindowRow = z.infer<typeof windowRow> | z.infer<typeof firstRow>;

/** The result of one window as it was told last. */
export type WindowItem = Omit<z.infer<typeof firstRow>, 'sk' | 'chunks'>;

/** The result of one session as it was told last. */
export const sessionRow = firstRow
  .omit({ closed: true, final: true, chunks: true })
  .extend({ key: z.string() });

export type SessionItem = z.infer<typeof sessionRow>;

/** The sort key of a window's first row; its other parts lie right behind it. */
export function windowKey(startMs: number): string {
  return String(startMs).padStart(15, '0');
}

/** A sort key behind all rows of a window, and before those of the next. */
export function windowEnd(startMs: number): string {
  return `${windowKey(startMs)}$`;
}

/** Reads an item of the results table as a row. */
export function toWindowRow(item: Readonly<Record<string, unknown>>): WindowRow {
  return String(item['sk']).includes('#') ? windowRow.parse(item) : firstRow.parse(item);
}

/**
 * Puts the rows of one window together, in whatever order they come. Undefined: they are not of one
 * revision, because the window was told anew while they were read.
 */
export function joinRows(rows: readonly WindowRow[]): WindowItem | undefined {
  const sorted = rows.toSorted((a, b) => (a.sk < b.sk ? -1 : 1));
  const [first] = sorted;
  if (!first || !('chunks' in first) || first.chunks !== rows.length) return undefined;
  const { sk: _, chunks, ...window } = first;
  if (sorted.some(({ revision }) => revision !== window.revision)) return undefined;
  if (chunks === 1) return window;
  return { ...window, data: sorted.flatMap(({ data }) => z.array(z.unknown()).parse(data)) };
}
