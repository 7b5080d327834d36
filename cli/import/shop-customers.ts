import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { cutText } from './cut-text.ts';

/** Whom an order belongs to: a customer of the file, or the guest of one order. */
export interface WantedCustomer {
  readonly customer: string | undefined;
  readonly reference: string;
  readonly country: string;
}

export interface ShopCustomers {
  /** The numbers of these customers by e-mail address, made where there is none. */
  of(wanted: readonly WantedCustomer[]): Promise<ReadonlyMap<string, number>>;
  /** The address that stands for a customer of the file. */
  email(wanted: WantedCustomer): string;
  /** How many were made. */
  made(): number;
}

const number = z.coerce.number();
const customerRows = z.object({ rows: z.array(z.object({ email: z.string(), id: number })) });
const countRows = z.object({ rows: z.tuple([z.object({ made: number })]) });

const makeCustomers = `with made as (
    insert into customers (first_name, last_name, email, country)
    select first_name, last_name, email, country
    from json_to_recordset($1::json) as made (first_name varchar, last_name varchar,
      email varchar, country varchar)
    on conflict (email_hash) do nothing
    returning id)
  select count(*) as made from made`;

const findCustomers = `select wanted.email, customers.id
  from json_array_elements_text($1::json) as wanted (email)
    join customers on customers.email_hash = keyed_hash(wanted.email)`;

/**
 * @param db as the owner of the shop's tables.
 * @param source name of the data set: the same customer in two of its files is one.
 */
export function shopCustomers(db: SqlConnection, source: string): ShopCustomers {
  const known = new Map<string, number>();
  let made = 0;

  const nameOf = ({ customer, reference }: WantedCustomer): string =>
    customer === undefined ? `guest-${plain(reference)}` : plain(customer);
  const email = (wanted: WantedCustomer): string => `${nameOf(wanted)}@${source}.example`;

  async function find(emails: readonly string[]): Promise<void> {
    if (emails.length === 0) return;
    const { rows } = customerRows.parse(await db.query(findCustomers, [JSON.stringify(emails)]));
    for (const row of rows) known.set(row.email, row.id);
  }

  return {
    email,
    async of(wanted) {
      const strange = new Map<string, WantedCustomer>();
      for (const one of wanted) {
        const address = email(one);
        if (!known.has(address) && !strange.has(address)) strange.set(address, one);
      }
      await find([...strange.keys()]);
      const missing = [...strange].filter(([address]) => !known.has(address));
      if (missing.length > 0) {
        const rows = missing.map(([address, one]) => ({
          first_name: one.customer === undefined ? 'Guest' : 'Customer',
          last_name: cutText(one.customer ?? one.reference, 100),
          email: address,
          country: one.country,
        }));
        made += countRows.parse(await db.query(makeCustomers, [JSON.stringify(rows)])).rows[0].made;
        await find(missing.map(([address]) => address));
      }
      return known;
    },
    made: () => made,
  };
}

/** What can stand before the @; anything else is told apart by its hash. */
function plain(text: string): string {
  // The shop tells addresses apart without looking at upper and lower case.
  if (/^[a-z\d]+(?:[._-][a-z\d]+)*$/.test(text) && text.length <= 60) return text;
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
