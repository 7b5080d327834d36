/** An unexpected failure in one line: what, where, and what caused it. */
export function describeFailure(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const place = /^\s+at (.+)$/m.exec(failure.stack ?? '')?.[1];
  const text = `${failure.name}: ${failure.message}`.replaceAll('\n', ' ');
  const here = place === undefined ? text : `${text} (at ${place})`;
  return failure.cause === undefined
    ? here
    : `${here}, caused by ${describeFailure(failure.cause)}`;
}
