import { z } from 'zod';

/** How far a visit can come, in order: each stage counts by itself, however it was come to. */
export const visitStages = ['view', 'cart', 'checkout', 'paid'] as const;

export type VisitStage = (typeof visitStages)[number];

/**
 * What is known of a visitor:
 *
 * - `user`: clicks name the user, so orders and payments are part of the visit;
 * - `session`: clicks name the session only (no consent, or nobody has signed in): what is ordered
 *   cannot be part of it;
 * - `order`: orders and payments without a click: of those who gave no consent, and of those who
 *   order elsewhere than in the shop front.
 */
const visitorKinds = ['user', 'session', 'order'] as const;

export const visitorKind = z.enum(visitorKinds);
export type VisitorKind = z.infer<typeof visitorKind>;
