import { z } from 'zod';
import type { List } from '../list.ts';
import { countryFilter, span } from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';

const row = z.object({
  id: rowId,
  firstName: z.string(),
  lastName: z.string(),
  country: z.string(),
  createdAt: rowInstant,
});

/** Contact data is in no list: the API's user of the database cannot read it. */
export const customers: List<z.output<typeof row>> = {
  name: 'list-customers',
  from: 'customers',
  columns: `id, first_name as "firstName", last_name as "lastName", country,
    created_at as "createdAt"`,
  row,
  sorts: { createdAt: { by: 'created_at', type: 'instant' } },
  filters: { country: countryFilter('country'), ...span('created_at', 'Signed up') },
  owner: 'id',
};
