/** What a shop does with an order, from the mildest on. */
const decisions = ['allow', 'review', 'block'] as const;

export type Decision = (typeof decisions)[number];

/** Whether a text names a decision. */
export function isDecision(value: unknown): value is Decision {
  return decisions.some((decision) => decision === value);
}

/** Of two decisions the one that holds more back. */
export function graver(one: Decision, other: Decision): Decision {
  return decisions.indexOf(one) >= decisions.indexOf(other) ? one : other;
}
