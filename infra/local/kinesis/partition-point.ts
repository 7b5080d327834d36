/** How many elements a condition holds for, where it holds for the first ones and no others. */
export function partitionPoint<T>(
  list: readonly T[],
  holds: (element: T) => boolean,
  from = 0,
): number {
  let low = from;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const element = list[middle];
    if (element !== undefined && holds(element)) low = middle + 1;
    else high = middle;
  }
  return low;
}
