import { apiHandler } from '../../shared/api/api-handler.ts';
import type { Database } from '../../shared/sql/database.ts';
import type { Decide } from './fraud/decide.ts';
import { cartRoutes } from './routes/carts.ts';
import { categoryRoutes } from './routes/categories.ts';
import { customerListRoutes } from './routes/customer-lists.ts';
import { customerRoutes } from './routes/customers.ts';
import { docsRoutes } from './routes/docs.ts';
import { listRoutes } from './routes/lists.ts';
import { orderLifeRoutes } from './routes/order-life.ts';
import { orderRoutes } from './routes/orders.ts';
import { productRoutes } from './routes/products.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { sellerRoutes } from './routes/sellers.ts';
import { serviceRoutes } from './routes/service.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { shipmentRoutes } from './routes/shipments.ts';
import { wishlistRoutes } from './routes/wishlist.ts';
import { type SessionKeys, sessionsOf } from './sessions.ts';

export interface ShopParts {
  readonly database: Database;
  /** Of the shop's tokens. */
  readonly tokenKeys: SessionKeys;
  /** Folder with the files of swagger-ui. */
  readonly docs: URL;
  /** Makes the id of a payment; never the same twice. */
  readonly newTransactionId: () => string;
  /** Age at which an unpaid order expires. */
  readonly orderExpiresAfterMs: number;
  /** Asked before a payment is made. */
  readonly decide: Decide;
  readonly log: (message: string, error: Error) => void;
}

/** The API of the shop as a Lambda handler. */
export function shopApi(parts: ShopParts) {
  const { database, tokenKeys, docs, newTransactionId, orderExpiresAfterMs, decide, log } = parts;
  const sessions = sessionsOf(tokenKeys, log);
  const shop = [
    ...serviceRoutes(database, log),
    ...productRoutes(database),
    ...categoryRoutes(database),
    ...sellerRoutes(database),
    ...customerRoutes(database, sessions),
    ...sessionRoutes(database, sessions),
    ...customerListRoutes(database),
    ...wishlistRoutes(database),
    ...cartRoutes(database),
    ...orderRoutes(database, newTransactionId, decide),
    ...orderLifeRoutes(database, orderExpiresAfterMs),
    ...shipmentRoutes(database),
    ...reviewRoutes(database),
    ...listRoutes(database),
  ];
  return apiHandler([...shop, ...docsRoutes(shop, docs)], {
    tokenPublicKey: tokenKeys.publicKey,
    log,
  });
}
