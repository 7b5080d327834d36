import type { Endpoint } from '../../../shared/api/endpoint.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { itemEndpoint, listEndpoint } from '../list-endpoints.ts';
import { sellers } from '../lists/sellers.ts';
import { newSeller, seller, sellerChange } from '../schemas/seller.ts';
import { changeEndpoint, createEndpoint } from '../write-endpoints.ts';

const description = {
  list: sellers,
  path: '/sellers',
  tag: 'catalogue',
  many: 'Sellers',
  one: 'seller',
  item: seller,
  access: 'anyone',
} as const;

const writing = {
  description,
  access: ['operator'],
  columns: { name: 'name', country: 'country' },
  unique: { sellers_name_key: 'name' },
} as const;

export function sellerRoutes(database: Database): readonly Endpoint[] {
  return [
    listEndpoint(database, description),
    createEndpoint(database, { ...writing, body: newSeller }),
    itemEndpoint(database, description),
    changeEndpoint(database, { ...writing, body: sellerChange }),
  ];
}
