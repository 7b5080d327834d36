import pg from 'pg';
import { migrate } from '../../shared/shop/migrate.ts';
import { seedShop } from '../../shared/shop/seed.ts';

/** Big enough to browse, small enough to be there at once. */
const madeShop = { categories: 15, products: 200, customers: 100, sellers: 12, seed: 7 };

/** Brings the shop's tables up to date and fills an empty shop. */
export async function prepareDatabase(
  connection: pg.ClientConfig,
  pseudonymKey: string,
): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await migrate(client, { pseudonymKey });
    await seedShop(client, madeShop);
  } finally {
    await client.end();
  }
}
