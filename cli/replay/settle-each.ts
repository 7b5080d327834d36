/** Jobs that are worked on at once: each waits for its tables most of the time. */
export const jobsAtOnce = 4;

/**
 * Does the same for each of several, so many at once. What fails keeps no other from being done.
 *
 * @returns what came of each, in their order.
 */
export async function settleEach<One, Result>(
  all: readonly One[],
  atOnce: number,
  work: (one: One) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const outcomes: PromiseSettledResult<Result>[] = [];
  const left = [...all.entries()];
  const workers = Array.from({ length: Math.min(atOnce, all.length) }, async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, one] = next;
      const [outcome] = await Promise.allSettled([work(one)]);
      if (outcome) outcomes[index] = outcome;
    }
  });
  await Promise.all(workers);
  return outcomes;
}
