import { z } from 'zod';
import { rowId, rowInstant } from '../schemas/common.ts';

/**
 * $1 first name, $2 last name, $3 e-mail, $4 phone, $5 address, $6 country, $7 time or null for now.
 */
export const insertCustomer = {
  name: 'insert-customer',
  sql: `insert into customers (first_name, last_name, email, phone, address, country, created_at)
    values ($1, $2, $3, $4, $5, $6, coalesce($7::timestamptz, now()))
    on conflict (email_hash) do nothing
    returning id, first_name as "firstName", last_name as "lastName", country,
      created_at as "createdAt"`,
  row: z.object({
    id: rowId,
    firstName: z.string(),
    lastName: z.string(),
    country: z.string(),
    createdAt: rowInstant,
  }),
};

/** $1 customer, $2 hash of the password. */
export const storeCredentials = {
  name: 'store-credentials',
  sql: 'select store_credentials($1, $2)',
  row: z.unknown(),
};

/** $1 customer. No row: the customer cannot log in. */
export const readCredentials = {
  name: 'read-credentials',
  sql: `select password_hash as "passwordHash"
    from customers, find_credentials(customers.email_hash) where customers.id = $1`,
  row: z.object({ passwordHash: z.string() }),
};

/** $1 e-mail. No row: nobody who can log in has it. */
export const findCredentials = {
  name: 'find-credentials',
  sql: `select customer_id as "customerId", password_hash as "passwordHash"
    from find_credentials(keyed_hash($1))`,
  row: z.object({ customerId: rowId, passwordHash: z.string() }),
};

/**
 * $1 customer, $2 product, $3 time or null for now; what is wished for already stays as it is. No row:
 * one of them is unknown, or someone makes the same wish at this moment, which a second look sees.
 */
export const insertWish = {
  name: 'insert-wish',
  sql: `with known as (
      select customers.id as customer_id, products.id as product_id
      from customers, products where customers.id = $1 and products.id = $2
    ), added as (
      insert into wishlists (customer_id, product_id, created_at)
      select customer_id, product_id, coalesce($3::timestamptz, now()) from known
      on conflict (customer_id, product_id) do nothing
      returning id, customer_id, product_id, created_at
    )
    select id, customer_id as "customerId", product_id as "productId", created_at as "createdAt",
      true as added
    from added
    union all
    select id, customer_id, product_id, created_at, false
    from wishlists where customer_id = $1 and product_id = $2`,
  row: z.object({
    id: rowId,
    customerId: rowId,
    productId: rowId,
    createdAt: rowInstant,
    added: z.boolean(),
  }),
};

/** $1 wish, $2 its customer, or null for anyone's. */
export const deleteWish = {
  name: 'delete-wish',
  sql: `delete from wishlists where id = $1 and ($2::bigint is null or customer_id = $2)
    returning id`,
  row: z.object({ id: rowId }),
};

/** $1 customer, $2 product: which of the two there is. */
export const whatExists = {
  name: 'what-exists',
  sql: `select exists (select from customers where id = $1) as customer,
    exists (select from products where id = $2 and is_active) as product`,
  row: z.object({ customer: z.boolean(), product: z.boolean() }),
};
