import type { WindowRead } from './columns.ts';

/** At one instant in the order of the sources, of one source by id, the shorter first. */
const inOrder = 'at_ms, rank, length(id), id';

/** More events of an entity than this in one window, and the window would begin a millisecond early. */
const eventsMax = 1_000_000;

/** Numbers the events of an entity: the time of each, and its place among all. */
export const placeInTime = `at_ms * ${eventsMax} + row_number() OVER (PARTITION BY k ORDER BY ${inOrder}) AS seq`;

/** The events of equal values, one after the other. */
export function nextToOthers(value: string): string {
  return `OVER (PARTITION BY k, ${value} ORDER BY ${inOrder})`;
}

const inTime = 'PARTITION BY k ORDER BY seq';
const untilNow = `${inTime} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`;

/** Everything up to the point, itself included. */
export const overAll = `OVER (${untilNow})`;

/**
 * The windows by the names under which they are used. All go over one order, which is sorted once;
 * where a window begins follows from the point's own time.
 */
export function namedWindows(windows: readonly WindowRead[]): readonly string[] {
  const named = new Map([
    ['earlier', `${inTime} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING`],
    ['so_far', untilNow],
  ]);
  for (const read of windows) {
    const { stepMs, steps } = read;
    const firstStep = steps === 1 ? `at_ms / ${stepMs}` : `(at_ms / ${stepMs} - ${steps - 1})`;
    const begin = `seq - ${firstStep} * ${stepMs * eventsMax}`;
    named.set(windowName(read), `${inTime} RANGE BETWEEN ${begin} PRECEDING AND CURRENT ROW`);
  }
  return [...named].map(([name, window]) => `${name} AS (${window})`);
}

/** A column over its window. */
export function overWindow(read: WindowRead): string {
  const value = `${read.of}(${read.input}) OVER ${windowName(read)}`;
  return `${read.of === 'sum' ? `coalesce(${value}, 0)` : value} AS ${read.column}`;
}

function windowName({ stepMs, steps }: WindowRead): string {
  return `of_${steps}_${stepMs}`;
}
