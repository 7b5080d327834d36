/** One step of a pattern: a character as such, exactly one character, or any number of them. */
type Step =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'many'; readonly crossesColons: boolean };

/**
 * Whether an action matches a pattern such as `kinesis:Put*`. Actions know no case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function matchesAction(pattern: string, action: string): boolean {
  return matches(stepsOf(pattern.toLowerCase()), action.toLowerCase());
}

/**
 * Whether an ARN matches a pattern. `?` and `*` stay within one part between colons, except a `*`
 * that ends its part: that one also covers the colons after it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matchesResource(pattern: string, resource: string): boolean {
  return matches(stepsOf(pattern), resource);
}

function stepsOf(pattern: string): Step[] {
  return Array.from(pattern, (character, index): Step => {
    if (character === '?') return { kind: 'one' };
    if (character !== '*') return { kind: 'literal', character };
    const next = pattern[index + 1];
    return { kind: 'many', crossesColons: next === undefined || next === ':' };
  });
}

/** Follows all ways through the text at once, so that no pattern takes exponential time. */
function matches(steps: readonly Step[], text: string): boolean {
  let reached = skipMany(steps, new Set([0]));
  for (const character of text) {
    const next = new Set<number>();
    for (const position of reached) {
      const step = steps[position];
      if (step === undefined) continue;
      if (step.kind === 'many') {
        if (step.crossesColons || character !== ':') next.add(position);
      } else if (step.kind === 'one') {
        if (character !== ':') next.add(position + 1);
      } else if (step.character === character) {
        next.add(position + 1);
      }
    }
    if (next.size === 0) return false;
    reached = skipMany(steps, next);
  }
  return reached.has(steps.length);
}

/** Adds the positions that are reached without a character, because `*` also stands for none. */
function skipMany(steps: readonly Step[], positions: Set<number>): Set<number> {
  // A Set visits what is added while it is walked.
  for (const position of positions) {
    if (steps[position]?.kind === 'many') positions.add(position + 1);
  }
  return positions;
}
