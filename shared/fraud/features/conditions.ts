import type { Condition } from '../../features/feature.ts';

export const isDeclined: Condition = { field: 'status', equals: 'declined' };
/** Went through, or will be paid on delivery. */
export const isPaid: Condition = { field: 'status', equals: ['approved', 'pending', 'refunded'] };
export const isFraud: Condition = { field: 'verdict', equals: 'fraud' };
export const isLegitimate: Condition = { field: 'verdict', equals: 'legitimate' };
