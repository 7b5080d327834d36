import { z } from 'zod';
import type { LakeDataSet } from '../../shared/lake/data-sets.ts';
import type { WindowBounds } from '../../shared/stream/window.ts';
import type { LakeRow } from './read-rows.ts';

/** Kinds of clicks that products are ranked by. */
export const rankedClicks = ['view', 'cart', 'wishlist', 'purchase'] as const;

type RankedClick = (typeof rankedClicks)[number];

/** How a ranking is made. */
export interface RankingShape {
  readonly windowMs: number;
  readonly slideMs: number;
  /** So many places of each window. */
  readonly top: number;
  readonly clickType: RankedClick;
}

/** What is said of a window. */
export const rankedData = z.object({
  /** Of all products. */
  total: z.int(),
  distinctProducts: z.int(),
  products: z.array(z.object({ productId: z.int(), count: z.int() })),
});

/** A window as it is printed. */
export type RankedWindow = WindowBounds & z.infer<typeof rankedData>;

/** Products ranked by something that the lake holds. */
export interface Ranking {
  readonly name: string;
  readonly about: string;
  /** What is counted. */
  unit(shape: RankingShape): RankedClick | 'piece' | 'cent';
  readonly dataSet: LakeDataSet;
  /** Columns that are read beside the key and the time. */
  readonly columns: readonly string[];
  where(shape: RankingShape): string;
  /** Every window that holds anything, in the order of their ends. */
  play(shape: RankingShape, pages: AsyncIterable<readonly LakeRow[]>): AsyncIterable<RankedWindow>;
}
