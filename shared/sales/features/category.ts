import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';

const source = 'item';
const ofCategory = series({ source, entity: 'category' });
const ofHour = series({ source, entity: 'hour' });

/** How the category sells: of late, and at this hour of the week. */
export const categoryFeatures: readonly Feature[] = [
  ...ofCategory.count(
    'category_lines',
    ['30m', '1h', '28d'],
    'Lines of orders sold in the category',
  ),
  {
    of: 'trend',
    name: 'category_trend_30min',
    meaning:
      'Lines of 30 minutes against the 30 before, in the standard deviations of two counts of one rate',
    left: 'category_lines_30m',
    right: 'category_lines_1h',
  },
  ...ofHour.count(
    'category_hour_lines',
    ['28d'],
    'Lines sold in the category at this hour of the week',
  ),
  {
    of: 'ratio',
    name: 'seasonality_score',
    meaning:
      'Lines sold in the category at this hour of the week in 28 days, as a multiple of its average hour',
    left: 'category_hour_lines_28d',
    right: 'category_lines_28d',
    times: 168,
  },
];
