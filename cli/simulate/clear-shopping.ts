import { clearShop } from '../../shared/shop/clear.ts';
import type { Place } from '../options/place.ts';
import { openShopDatabase } from '../shop-database.ts';

/** Removes what shoppers did, as the owner of the tables. @returns what was removed, for people. */
export async function clearShopping(options: Place): Promise<string> {
  const shop = await openShopDatabase(options);
  try {
    const rows = Object.entries(await clearShop(shop.db, 'shopping'));
    const removed = rows.filter(([, count]) => count > 0);
    const what = removed.map(([table, count]) => `${count.toLocaleString('en')} of ${table}`);
    return `Removed from ${shop.name}: ${what.length === 0 ? 'nothing was there' : what.join(', ')}.`;
  } finally {
    await shop.close();
  }
}
