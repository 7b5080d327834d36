import { z } from 'zod';
import { abandonedCartDataSchema } from './abandoned-cart.ts';
import { funnelDataSchema } from './funnel.ts';
import { liveWindow } from './live-window.ts';
import { productInterestDataSchema } from './product-interest.ts';
import { revenueDataSchema } from './revenue.ts';
import { salesPulseDataSchema } from './sales-pulse.ts';
import { topProductsDataSchema } from './top-products.ts';

const revenueWindow = revenueDataSchema
  .omit({ categories: true, methods: true })
  .extend(liveWindow);

/** The latest windows of one size, without their categories and payment methods. */
export const revenueSection = z.object({
  windowMs: z.int(),
  windows: z.array(revenueWindow),
  /** How many windows the list holds once there are so many. */
  windowsMax: z.int().optional(),
});

/** The window of one size that ends next, or the last one that had sales. */
export const topProductsSection = topProductsDataSchema.extend({
  ...liveWindow,
  windowMs: z.int(),
});

const pulseWindow = salesPulseDataSchema.extend(liveWindow);

/** The newest window that has closed, or an open one where none has, and how it came to it. */
export const salesPulseSection = z.object({
  now: pulseWindow,
  recent: z.array(
    pulseWindow.pick({ startMs: true, endMs: true, closed: true, sales: true, isSpike: true }),
  ),
});

/** The window of those that overlap that ends next. */
export const productInterestSection = productInterestDataSchema.extend(liveWindow);

/** How far the sessions of the window that ends next had come. */
export const funnelSection = funnelDataSchema.extend(liveWindow);

/** Without whose it is: anybody may read the live document. */
const abandonedCart = abandonedCartDataSchema.omit({ visitor: true, visitorKind: true });

/** Carts that were left and not ordered, the latest first. */
export const abandonedCartsSection = z.object({ carts: z.array(abandonedCart) });

export type LiveRevenueWindow = z.infer<typeof revenueWindow>;
export type LiveRevenue = z.infer<typeof revenueSection>;
export type LiveTopProducts = z.infer<typeof topProductsSection>;
export type LiveSalesPulse = z.infer<typeof salesPulseSection>;
export type LiveProductInterest = z.infer<typeof productInterestSection>;
export type LiveFunnel = z.infer<typeof funnelSection>;
export type LiveAbandonedCart = z.infer<typeof abandonedCart>;
