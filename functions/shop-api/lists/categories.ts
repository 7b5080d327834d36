import { z } from 'zod';
import type { List } from '../list.ts';
import { idFilter, idsFilter, textFilter } from '../list-filters.ts';
import { rowId } from '../schemas/common.ts';

const row = z.object({ id: rowId, name: z.string(), parentId: z.nullable(rowId) });

export const categories: List<z.output<typeof row>> = {
  name: 'list-categories',
  from: 'categories',
  columns: 'id, name, parent_id as "parentId"',
  row,
  sorts: { name: { by: 'name', type: 'text' } },
  filters: {
    ids: idsFilter,
    parent: idFilter('parent_id', 'the category above'),
    name: textFilter('name', 'The whole name.'),
  },
};
