import type { LakeDataSet } from '../../shared/lake/data-sets.ts';

/** The lake's bucket by prefix. */
export const lakePrefixes = {
  /** What Athena writes for every query. */
  queryResults: 'athena-results/',
  /** Records that Firehose could not land, with its reason. */
  errors: 'errors/',
  /** Files of a data set; `month=…/` or `day=…/` follows. */
  bronze: ({ name }: Pick<LakeDataSet, 'name'>): string => `bronze/${name}/`,
};
