import type { Condition, Feature, TimeUnit } from './feature.ts';
import type { WindowName } from './windows.ts';

/** The events of a source that touch an entity, and which of them. */
interface SeriesOf {
  readonly source: string;
  readonly entity: string;
  readonly where?: Condition;
  /** Leaves the point's own event out where its features are counted, summed, averaged or shared. */
  readonly before?: true;
}

const span: Readonly<Record<WindowName, string>> = {
  '1m': 'in 1 minute',
  '5m': 'in the current 5 minutes',
  '10m': 'in 10 minutes',
  '30m': 'in 30 minutes',
  '1h': 'in 1 hour',
  '1d': 'in 1 day',
  '7d': 'in 7 days',
  '28d': 'in 28 days',
  '30d': 'in 30 days',
  '184d': 'in 184 days',
};

/**
 * Declares features of one series. Those with windows get a name and a meaning per window:
 * `customer_orders` over `1h` becomes `customer_orders_1h`, “… in 1 hour”.
 */
export function series({ before, ...of }: SeriesOf) {
  const own = before === undefined ? {} : { before };
  const windowed = <Rest extends object>(
    windows: readonly WindowName[],
    name: string,
    meaning: string,
    rest: Rest,
  ) =>
    windows.map((window) => ({
      name: `${name}_${window}`,
      meaning: `${meaning} ${span[window]}`,
      window,
      ...of,
      ...rest,
    }));
  return {
    count: (name: string, windows: readonly WindowName[], meaning: string): readonly Feature[] =>
      windowed(windows, name, meaning, { of: 'count', ...own } as const),
    sum: (
      name: string,
      field: string,
      windows: readonly WindowName[],
      meaning: string,
    ): readonly Feature[] =>
      windowed(windows, name, meaning, { of: 'sum', field, ...own } as const),
    mean: (
      name: string,
      field: string,
      windows: readonly WindowName[],
      meaning: string,
    ): readonly Feature[] =>
      windowed(windows, name, meaning, { of: 'mean', field, ...own } as const),
    max: (
      name: string,
      field: string,
      windows: readonly WindowName[],
      meaning: string,
    ): readonly Feature[] => windowed(windows, name, meaning, { of: 'max', field } as const),
    distinct: (
      name: string,
      field: string,
      windows: readonly WindowName[],
      meaning: string,
    ): readonly Feature[] => windowed(windows, name, meaning, { of: 'distinct', field } as const),
    share: (
      name: string,
      holds: Condition,
      windows: readonly WindowName[],
      meaning: string,
    ): readonly Feature[] =>
      windowed(windows, name, meaning, { of: 'share', holds, ...own } as const),
    sinceFirst: (name: string, unit: TimeUnit, meaning: string): Feature => ({
      of: 'sinceFirst',
      name,
      meaning,
      unit,
      ...of,
    }),
    sinceLast: (name: string, unit: TimeUnit, meaning: string): Feature => ({
      of: 'sinceLast',
      name,
      meaning,
      unit,
      ...of,
    }),
    differs: (name: string, field: string, meaning: string): Feature => ({
      of: 'differs',
      name,
      meaning,
      field,
      ...of,
    }),
    zScore: (
      name: string,
      field: string,
      unit: number,
      window: WindowName,
      meaning: string,
    ): Feature => ({
      of: 'zScore',
      name,
      meaning,
      field,
      unit,
      window,
      ...of,
    }),
  };
}
