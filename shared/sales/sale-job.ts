/** The job that tells the features of sales: what its state is kept under, for all who read it. */
export const saleJob = {
  name: 'sale-features',
  generation: 1,
  /** As long as the longest window, which holds a quarter of a year. */
  stateTtlMs: 184 * 24 * 3_600_000,
} as const;
