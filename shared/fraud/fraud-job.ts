/** The job that judges orders: what its state is kept under, for all who read it. */
export const fraudJob = {
  name: 'fraud',
  generation: 1,
  /** Longer than the longest window of a feature, and than most chargebacks take. */
  stateTtlMs: 90 * 24 * 3_600_000,
} as const;
