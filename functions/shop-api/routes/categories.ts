import type { Endpoint } from '../../../shared/api/endpoint.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { itemEndpoint, listEndpoint } from '../list-endpoints.ts';
import { categories } from '../lists/categories.ts';
import { misplaced } from '../queries/categories.ts';
import { category, categoryChange, newCategory } from '../schemas/category.ts';
import { changeEndpoint, createEndpoint } from '../write-endpoints.ts';

const description = {
  list: categories,
  path: '/categories',
  tag: 'catalogue',
  many: 'Categories',
  one: 'category',
  item: category,
  access: 'anyone',
} as const;

const writing = {
  description,
  access: ['operator'],
  columns: { name: 'name', parentId: 'parent_id' },
  unique: { categories_name_key: 'name' },
  check: misplaced,
} as const;

export function categoryRoutes(database: Database): readonly Endpoint[] {
  return [
    listEndpoint(database, description),
    createEndpoint(database, { ...writing, body: newCategory }),
    itemEndpoint(database, description),
    changeEndpoint(database, { ...writing, body: categoryChange }),
  ];
}
