const steps = [...'▁▂▃▄▅▆▇█'];

/** Values as a row of bars, the largest as high as a line; what is not above zero is the lowest. */
export function spark(values: readonly number[]): string {
  const most = Math.max(1, ...values);
  return values
    .map((value) => steps[Math.max(0, Math.ceil((value / most) * steps.length) - 1)])
    .join('');
}
