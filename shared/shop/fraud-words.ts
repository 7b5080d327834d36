/** What an order turns out to be; names as in the column `order_reviews.verdict`. */
export const reviewVerdicts = ['fraud', 'legitimate'] as const;

/** Where a person's look at an order stands; `open` until there is a verdict. */
export const reviewStates = ['open', ...reviewVerdicts] as const;

/** Who found it out; `import` for labels that were brought from elsewhere. */
export const reviewSources = ['operator', 'chargeback', 'import'] as const;

/** What the shop can do about a payment; names as in the column `payments.decision`. */
export const fraudDecisions = ['allow', 'review', 'block'] as const;

/** What a decision rests on; `default` where nothing could be asked in time. */
export const decisionBases = ['model', 'rules', 'default'] as const;

export type ReviewVerdict = (typeof reviewVerdicts)[number];
export type ReviewState = (typeof reviewStates)[number];
export type ReviewSource = (typeof reviewSources)[number];
export type FraudDecision = (typeof fraudDecisions)[number];
export type DecisionBasis = (typeof decisionBases)[number];
