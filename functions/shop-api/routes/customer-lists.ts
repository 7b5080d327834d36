import type { z } from 'zod';
import type { Endpoint } from '../../../shared/api/endpoint.ts';
import type { Caller } from '../../../shared/auth/token.ts';
import type { ProblemField } from '../../../shared/http/problem.ts';
import type { Database } from '../../../shared/sql/database.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { itemEndpoint, listEndpoint } from '../list-endpoints.ts';
import { customers } from '../lists/customers.ts';
import { isPassword } from '../password-hash.ts';
import { readCredentials } from '../queries/customers.ts';
import { customer } from '../schemas/customer.ts';
import { customerChange } from '../schemas/customer-change.ts';
import { type Change, changeEndpoint } from '../write-endpoints.ts';

const description = {
  list: customers,
  path: '/customers',
  tag: 'customers',
  many: 'Customers',
  one: 'customer',
  item: customer,
} as const;

const ofOne = { ...description, access: ['shopper', 'operator'] } as const;

const ofMany = {
  ...description,
  many: 'Customers; an analyst sees no names',
  item: customer.partial({ firstName: true, lastName: true }),
  access: ['analyst', 'operator'],
  view: namesForOperators,
} as const;

const writing = {
  description: ofOne,
  access: ['shopper', 'operator'],
  columns: {
    firstName: 'first_name',
    lastName: 'last_name',
    email: 'email',
    phone: 'phone',
    address: 'address',
    country: 'country',
  },
  body: customerChange,
  unique: { customers_email_hash_key: 'email' },
  check: missingPassword,
} as const;

/** Contact data can be written and is never read back: the API's user of the database cannot. */
export function customerListRoutes(database: Database): readonly Endpoint[] {
  return [
    listEndpoint(database, ofMany),
    itemEndpoint(database, ofOne),
    changeEndpoint(database, writing),
  ];
}

/** Who has the e-mail has the account, so a shopper's session alone does not change it. */
async function missingPassword(
  queries: Queries,
  { email, currentPassword }: z.output<typeof customerChange>,
  change?: Change,
): Promise<readonly ProblemField[]> {
  if (email === undefined || change?.caller.role !== 'shopper') return [];
  const field = 'currentPassword';
  if (currentPassword === undefined) return [{ field, reason: 'Must be given for a new e-mail' }];
  const kept = await queries.row(readCredentials, [change.id]);
  if (await isPassword(currentPassword, kept?.passwordHash)) return [];
  return [{ field, reason: 'Must be the password of the account' }];
}

function namesForOperators(row: z.output<typeof customer>, { role }: Caller): object {
  if (role !== 'analyst') return row;
  const { firstName: _, lastName: __, ...rest } = row;
  return rest;
}
