import type { WindowRead } from './columns.ts';

/** At one instant in the order of the sources, of one source by id, the shorter first. */
export const inOrder = 'at_ms, rank, length(id), id';

const inTime = `PARTITION BY k ORDER BY ${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND`;

/** Everything up to the point, itself included. */
export const untilNow = `${inTime} CURRENT ROW`;

/** The windows by the names under which they are used; each is written once, for the text is long. */
export function namedWindows(windows: readonly WindowRead[]): readonly string[] {
  const named = new Map([
    ['earlier', `${inTime} 1 PRECEDING`],
    ['so_far', untilNow],
  ]);
  for (const { stepMs, steps } of windows) {
    const step = `at_ms / ${stepMs}`;
    named.set(
      stepWindow(stepMs),
      `PARTITION BY k, ${step} ORDER BY ${inOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`,
    );
    if (steps === 1) continue;
    const range = `RANGE BETWEEN ${steps - 1} PRECEDING AND 1 PRECEDING`;
    named.set(rangeWindow(stepMs, steps), `PARTITION BY k ORDER BY ${step} ${range}`);
  }
  return [...named].map(([name, window]) => `${name} AS (${window})`);
}

/** A column over its window: the steps before the point's, and the point's own up to the point. */
export function overWindow({ column, of, input, stepMs, steps }: WindowRead): string {
  const within = `${of}(${input}) OVER ${stepWindow(stepMs)}`;
  const before = `${of}(${input}) OVER ${rangeWindow(stepMs, steps)}`;
  if (of === 'sum') {
    const earlier = steps === 1 ? '' : `coalesce(${before}, 0) + `;
    return `${earlier}coalesce(${within}, 0) AS ${column}`;
  }
  if (steps === 1) return `${within} AS ${column}`;
  const pick = of === 'max' ? 'greatest' : 'least';
  return `coalesce(${pick}(${before}, ${within}), ${before}, ${within}) AS ${column}`;
}

function stepWindow(stepMs: number): string {
  return `in_${stepMs}`;
}

function rangeWindow(stepMs: number, steps: number): string {
  return `of_${steps}_${stepMs}`;
}
