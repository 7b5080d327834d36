import { z } from 'zod';
import type { List } from '../list.ts';
import { countryFilter, textFilter } from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';

const row = z.object({ id: rowId, name: z.string(), country: z.string(), createdAt: rowInstant });

export const sellers: List<z.output<typeof row>> = {
  name: 'list-sellers',
  from: 'sellers',
  columns: 'id, name, country, created_at as "createdAt"',
  row,
  sorts: { name: { by: 'name', type: 'text' } },
  filters: { country: countryFilter('country'), name: textFilter('name', 'The whole name.') },
};
